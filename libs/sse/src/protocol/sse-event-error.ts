import { SseError } from './sse-error.js';

/** What can be wrong with an event, see {@link SseEventError}. */
export type SseEventErrorCode =
  'SSE_EVENT_TYPE' | 'SSE_EVENT_ID' | 'SSE_EVENT_RETRY' | 'SSE_EVENT_DATA' | 'SSE_EVENT_TOO_LARGE' | 'SSE_EVENT_OPTION';

/** An event that can't be sent as it is. The call that tried fails with it; no stream is touched. */
export class SseEventError extends SseError<SseEventErrorCode> {}
