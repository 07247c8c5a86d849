import { type QueueSettings } from '../options/resolved-options.js';
import { type OverflowPolicy } from '../options/overflow-policy.js';
import { type Frame } from '../protocol/frame.js';
import { type DropCounts } from './drop-counts.js';
import { type FlushScheduler } from './flush-scheduler.js';
import { type QueueBudget } from './queue-budget.js';
import { type Shedding } from './shedding.js';
import { type Traffic } from './traffic.js';

/** What an outbox tells its connection. */
export interface OutboxOwner {
  /** The policy `disconnect` met a full queue. */
  overflowed(): void;
  /** What waits can't be written: a middleware's wrapper of the response failed. */
  unwritable(): void;
  /** The queue is empty again and the client reads: sources may go on. */
  drained(): void;
  /** What tells the client of events that it did not get, if it is to be told. */
  tell(dropped: DropCounts): readonly Frame[];
}

/** What the outboxes of one route have in common. */
export interface OutboxSettings {
  readonly queue: QueueSettings;
  readonly overflow: OverflowPolicy;
}

/** What the outboxes of all connections share. */
export interface OutboxServices {
  readonly scheduler: FlushScheduler;
  readonly budget: QueueBudget;
  readonly shedding: Shedding;
  readonly traffic: Traffic;
}
