import { type DropReason, noDrops } from './drop-counts.js';
import { LatencyHistogram } from './latency-histogram.js';

/** What all connections of this node have been sent since the start, and what they were not. */
export class Traffic {
  /** Events that were written, heartbeats and the like included, once for each connection. */
  events = 0;
  /** The bytes of those events, before they are compressed. */
  bytes = 0;
  /** Events that had to wait for a token of a rate limit. */
  delayed = 0;
  /** Events that were left out, by the reason. */
  readonly droppedBy = noDrops();
  /** From the publication of an event to its socket; not of those that were caught up with later. */
  readonly latency = new LatencyHistogram();

  /** Events that were left out. */
  get dropped(): number {
    let dropped = 0;
    for (const reason in this.droppedBy) dropped += this.droppedBy[reason as DropReason];
    return dropped;
  }
}
