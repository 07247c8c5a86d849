import { SseError } from '../protocol/sse-error.js';

/** The engine behind the backplane did not take something. The caller hears it, and no open stream is touched. */
export class SseBackplaneError extends SseError {
  constructor(message: string, options?: ErrorOptions) {
    super('SSE_BACKPLANE', message, options);
  }
}
