import { type ApiResponseSchemaHost } from '@nestjs/swagger';
import { type ApiSseRefusal } from './api-sse-stream-options.js';

type Headers = NonNullable<ApiResponseSchemaHost['headers']>;

const REASONS: Readonly<Record<ApiSseRefusal, string>> = {
  400: 'The request is malformed.',
  401: 'No token or ticket, or one that is not good.',
  403: 'Not allowed to listen.',
  404: 'No such stream.',
  406: '`Accept` excludes `text/event-stream`.',
  429: "Too many streams, or too many attempts, of this user or address. A browser's EventSource is answered 200 with `retry:` instead.",
  503: "No place is free, or the server shuts down. A browser's EventSource is answered 200 with `retry:` instead.",
};

const RETRY_AFTER: Headers = {
  'Retry-After': { description: 'Seconds after which to try again.', schema: { type: 'integer' } },
};

/** What a client gets in place of a stream. */
export function refusalResponse(status: ApiSseRefusal): { status: number; description: string; headers?: Headers } {
  const mayTryAgain = status === 429 || status === 503;
  return { status, description: REASONS[status], ...(mayTryAgain ? { headers: RETRY_AFTER } : {}) };
}
