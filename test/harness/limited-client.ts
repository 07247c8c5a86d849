import { jest } from '@jest/globals';
import { type DropCounts, type DropReason } from '../../libs/sse/src/connections/drop-counts.js';
import { FlushScheduler } from '../../libs/sse/src/connections/flush-scheduler.js';
import { type OutboxSettings } from '../../libs/sse/src/connections/outbox-surroundings.js';
import { QueueBudget } from '../../libs/sse/src/connections/queue-budget.js';
import { RateLimitedOutbox } from '../../libs/sse/src/connections/rate-limited-outbox.js';
import { Shedding } from '../../libs/sse/src/connections/shedding.js';
import { type StreamLimit } from '../../libs/sse/src/connections/stream-limit.js';
import { Traffic } from '../../libs/sse/src/connections/traffic.js';
import { Frame } from '../../libs/sse/src/protocol/frame.js';
import { type ResponseWriter } from '../../libs/sse/src/transport/response-writer.js';

/** A frame that was written, and when. */
export interface WrittenFrame {
  readonly frame: Frame;
  readonly at: number;
}

/** How a client differs from one of nobody with a long queue. */
export interface LimitedClientTraits extends Partial<Omit<OutboxSettings, 'queue'>> {
  readonly queue?: { readonly maxEvents: number };
  readonly userId?: string;
}

/** A client that reads unless it is told not to, behind an outbox with a rate limit. */
export class LimitedClient {
  readonly written: WrittenFrame[] = [];
  writes = 0;
  /** What it was told that it did not get. */
  readonly told = new Map<DropReason, number>();
  readonly traffic = new Traffic();
  readonly budget = new QueueBudget(1_000_000);
  readonly drained = jest.fn();
  readonly wantsPage = jest.fn();
  readonly box: RateLimitedOutbox;
  private blocked = false;
  private goOn: (() => void) | undefined;

  constructor(limit: StreamLimit, { userId, queue, overflow = 'drop-oldest' }: LimitedClientTraits = {}) {
    const services = {
      scheduler: new FlushScheduler(),
      budget: this.budget,
      shedding: new Shedding(),
      traffic: this.traffic,
    };
    const owner = {
      userId,
      overflowed: () => undefined,
      unwritable: () => undefined,
      drained: this.drained,
      wantsPage: this.wantsPage,
      tell: (dropped: DropCounts) => this.tell(dropped),
    };
    const bounds = { maxEvents: 1_000, maxBytes: 1_000_000, maxTotalBytes: 0, ...queue };
    this.box = new RateLimitedOutbox(owner, { queue: bounds, overflow }, services, limit);
    this.box.open(this.writer, Math.floor(performance.now()));
  }

  get texts(): string[] {
    return this.written.map(({ frame }) => frame.payload.toString());
  }

  /** Takes what is written next, and nothing after it. */
  block(): void {
    this.blocked = true;
  }

  read(): void {
    this.blocked = false;
    const { goOn } = this;
    this.goOn = undefined;
    goOn?.();
  }

  private get writer(): ResponseWriter {
    const isBlocked = () => this.blocked;
    return {
      get blocked() {
        return isBlocked();
      },
      write: (frame: Frame) => this.take([frame]),
      writeAll: (frames: readonly Frame[]) => this.take(frames),
      onceDrained: (callback: () => void) => (this.goOn = callback),
    } as unknown as ResponseWriter;
  }

  private take(frames: readonly Frame[]): void {
    this.writes++;
    const at = performance.now();
    this.written.push(...frames.map((frame) => ({ frame, at })));
  }

  private tell(dropped: DropCounts): Frame[] {
    return [...dropped].map(([reason, count]) => {
      this.told.set(reason, (this.told.get(reason) ?? 0) + count);
      return new Frame(`dropped ${count} ${reason}`);
    });
  }
}
