import { type OverflowPolicy } from './overflow-policy.js';
import { type QueueSettings, type ResolvedOptions } from './resolved-options.js';
import { type SseQueueOptions } from './sse-module-options.js';
import { SseOptionsError } from './sse-options-error.js';

/**
 * Throws for a queue that was chosen too long for streams that are to catch up from the history: that must reach back
 * further. A length that was not chosen needs no check: they fall behind long before it is reached.
 */
export function checkQueue(
  { maxEvents, overflow }: SseQueueOptions,
  { maxEvents: kept }: ResolvedOptions['history'],
  prefix: string,
): void {
  const most = Math.floor(kept / 2);
  if (overflow !== 'catch-up' || maxEvents === undefined || kept === 0 || maxEvents <= most) return;
  throw new SseOptionsError(
    `${prefix}queue.maxEvents`,
    maxEvents,
    `it is longer than half of history.maxEvents (${kept}), so a client that catches up would find its events gone: make it ${most} or less, or the history longer`,
  );
}

/** With so many recorded events waiting a stream of channels falls behind, long before the history forgets them; 0 for never. */
export function fallsBehindAt(
  policy: OverflowPolicy,
  { maxEvents }: QueueSettings,
  history: ResolvedOptions['history'],
): number {
  if (policy !== 'catch-up' || history.maxEvents === 0) return 0;
  return Math.min(maxEvents, Math.max(1, Math.floor(history.maxEvents / 4)));
}
