import { ConfigurableModuleBuilder, Module } from '@nestjs/common';
import { loadPassport } from './passport-packages.js';
import { type SseJwtOptions, type SseJwtOptionsFactory } from './sse-jwt-options.js';
import { jwtSettings, SSE_JWT_SETTINGS, type SseJwtSettings } from './sse-jwt-settings.js';
import { SseJwtStrategy } from './sse-jwt.strategy.js';

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<SseJwtOptions>({
  moduleName: 'SseJwt',
})
  .setFactoryMethodName<keyof SseJwtOptionsFactory>('createSseJwtOptions')
  .setExtras<{ isGlobal?: boolean }>({ isGlobal: true }, (definition, { isGlobal }) => ({
    ...definition,
    global: isGlobal,
  }))
  .build();

/**
 * Makes `SseJwtAuthGuard` work. Global unless `isGlobal: false`; a module whose controllers use the guard then imports it.
 * The guard also needs what `SseModule` exports.
 *
 * It stops the application at its start with an `SseOptionsError` for options that are wrong, or that would let forged
 * tokens pass, and with an `SseError` where a package is missing.
 *
 * @example
 * @Module({
 *   imports: [
 *     SseModule.forRoot(),
 *     SseJwtModule.register({ secretOrKey: process.env.JWT_SECRET, algorithms: ['HS256'], from: ['cookie'] }),
 *   ],
 * })
 * export class AppModule {}
 */
@Module({
  providers: [
    { provide: SSE_JWT_SETTINGS, inject: [MODULE_OPTIONS_TOKEN], useFactory: jwtSettings },
    {
      provide: SseJwtStrategy,
      inject: [SSE_JWT_SETTINGS],
      useFactory: async (settings: SseJwtSettings) => new SseJwtStrategy(settings, await loadPassport()),
    },
  ],
  exports: [SSE_JWT_SETTINGS, SseJwtStrategy],
})
export class SseJwtModule extends ConfigurableModuleClass {}
