import { HttpException } from '@nestjs/common';

/** Why a connection was refused, see {@link SseRefusedException}. */
export type SseRefusedCode =
  | 'SSE_MAX_CONNECTIONS'
  | 'SSE_MAX_PER_USER'
  | 'SSE_MAX_PER_IP'
  | 'SSE_CLOSED_FOR_NEW'
  | 'SSE_CLOSED'
  | 'SSE_NOT_ACCEPTABLE'
  | 'SSE_CHANNEL_FORBIDDEN'
  | 'SSE_CHANNEL_NAME'
  | 'SSE_MAX_CHANNELS'
  | 'SSE_RATE'
  | 'SSE_TICKET'
  | 'SSE_EXPIRED'
  | 'SSE_REVOKED';

/**
 * A stream that was not opened. It passes through the application's exception filters like any other `HttpException`;
 * `Retry-After` is set on the response before.
 *
 * A browser's EventSource is not answered with it, since it would never come back: see `connections.refusal`.
 */
export class SseRefusedException extends HttpException {
  constructor(
    /** Machine-readable cause. */
    readonly code: SseRefusedCode,
    status: number,
    message: string,
    /** When to come back, in milliseconds; `undefined` where that would not help. */
    readonly retryAfter?: number,
  ) {
    super({ statusCode: status, code, message }, status);
  }

  /** @internal Nothing more is to come over this connection. */
  get isLast(): boolean {
    return this.code === 'SSE_CLOSED_FOR_NEW';
  }
}
