import { type SseRefusedException } from '../connections/sse-refused.exception.js';
import { type RawRequest } from '../transport/http-exchange.js';

const pending = new WeakMap<RawRequest, SseRefusedException>();

/**
 * Leaves the refusal of a stream to its opener, which answers it before the handler runs. For guards that refuse a
 * browser's EventSource: what they throw ends as a status, upon which it would give up for good.
 */
export function refuseAtOpening(request: RawRequest, refusal: SseRefusedException): void {
  pending.set(request, refusal);
}

/** The refusal that a guard has left for this request. */
export function pendingRefusal(request: RawRequest): SseRefusedException | undefined {
  return pending.get(request);
}
