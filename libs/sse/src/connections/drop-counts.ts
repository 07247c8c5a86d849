import { frameOf } from '../protocol/event-encoder.js';
import { type Frame } from '../protocol/frame.js';

/**
 * Why an event was left out: its queue was full · its time to live was over · a newer one of its key came · it was of low
 * priority and others needed the room · it was sent as often as it may be · the rate limit had no token for it.
 */
export type DropReason = 'overflow' | 'expired' | 'replaced' | 'shed' | 'undelivered' | 'rate';

/** Nothing was left out yet, for any reason. */
export function noDrops(): Record<DropReason, number> {
  return { overflow: 0, expired: 0, replaced: 0, shed: 0, undelivered: 0, rate: 0 };
}

/** What a client is still to be told of: events that it did not get, by the reason. */
export class DropCounts {
  private readonly counts = new Map<DropReason, number>();

  add(reason: DropReason): void {
    this.counts.set(reason, (this.counts.get(reason) ?? 0) + 1);
  }

  [Symbol.iterator](): IterableIterator<[DropReason, number]> {
    return this.counts.entries();
  }
}

/** What the client is told: one `sse:dropped` for each reason. */
export function droppedFrames(dropped: DropCounts): Frame[] {
  return [...dropped].map(([reason, count]) =>
    frameOf({ type: 'sse:dropped', data: JSON.stringify({ count, reason }) }),
  );
}
