import { SseBackplaneError } from '../backplane/sse-backplane-error.js';
import { jitter } from '../connections/jitter.js';
import { SseRefusedException } from '../connections/sse-refused.exception.js';

/** Why a ticket is not good stands in the log only: the same for whatever was wrong. */
export function ticketRefusal(): SseRefusedException {
  return new SseRefusedException('SSE_TICKET', 401, 'This needs a valid ticket: get a new one.');
}

/** Nobody can say now whether the ticket is good. It was not used up, and may be tried again. */
export function ticketsAreAway(retryAfter: number): SseRefusedException {
  const when = jitter(retryAfter, 0.5, 0.5);
  return new SseRefusedException('SSE_TICKET', 503, 'Tickets can not be checked at the moment.', when);
}

export function isEngineAway(error: unknown): error is SseBackplaneError {
  return error instanceof SseBackplaneError;
}
