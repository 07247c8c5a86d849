export { ApiSseStream } from './api-sse-stream.js';
export {
  type ApiSchema,
  type ApiSsePayload,
  type ApiSseRefusal,
  type ApiSseStreamOptions,
} from './api-sse-stream-options.js';
