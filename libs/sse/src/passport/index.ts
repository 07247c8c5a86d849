export { SseJwtAuthGuard } from './sse-jwt-auth.guard.js';
export { SseJwtModule } from './sse-jwt.module.js';
export {
  type SseJwtAlgorithm,
  type SseJwtKeyProvider,
  type SseJwtOptions,
  type SseJwtOptionsFactory,
} from './sse-jwt-options.js';
export { type SseJwtPayload, SseJwtStrategy } from './sse-jwt.strategy.js';
export { type SseJwtPlace, type SseJwtRequest } from './token-places.js';
