import { monotonicNow } from './monotonic.js';
import { Logger } from '@nestjs/common';
import { errorStack, errorText } from '../protocol/error-text.js';
import { type QueueSettings } from '../options/resolved-options.js';
import { type OverflowPolicy } from '../options/overflow-policy.js';
import { type Frame } from '../protocol/frame.js';
import { type ResponseWriter } from '../transport/response-writer.js';
import { type FlushScheduler } from './flush-scheduler.js';
import { FrameQueue } from './frame-queue.js';
import { type QueueBudget } from './queue-budget.js';

const logger = new Logger('SseConnection');

/** What an outbox tells its connection. */
export interface OutboxOwner {
  /** The policy `disconnect` met a full queue. */
  overflowed(): void;
  /** What waits can't be written: a middleware's wrapper of the response failed. */
  unwritable(): void;
  /** The queue is empty again and the client reads: sources may go on, and what was dropped can be told. */
  drained(): void;
}

/** What the outboxes of all connections share. */
export interface OutboxServices {
  readonly scheduler: FlushScheduler;
  readonly budget: QueueBudget;
}

/** A source that can be paused is asked for no more than this many events in one tick. */
const READ_AHEAD = 16;
/** Bytes handed to a socket at once. What waits here can still be dropped; what the socket has can't. */
const HANDOVER = 65_536;

/**
 * The events of one connection between their publication and its socket. They leave together at the end of the tick;
 * while the client does not read they wait here, bounded, and the overflow policy says who gives way.
 */
export class Outbox {
  /** Events that were written, and their bytes. */
  events = 0;
  bytes = 0;
  /** Events that were left out, in all. */
  dropped = 0;
  /** Of those, how many the client was not told of yet. */
  droppedUntold = 0;
  /** When something was last written, by the monotonic clock; 0 before. */
  lastWrite = 0;
  /** Somebody waits to hear that everything was written. Nobody else's connection is looked at for it. */
  isAwaited = false;
  /** The last id that was written: where the client stands. */
  cursor = '';
  private readonly queue = new FrameQueue();
  private writer: ResponseWriter | undefined;
  /** What was taken since the last flush: a source that always has the next value must not starve all others. */
  private thisTick = 0;
  private scheduled = false;
  private waitsForDrain = false;
  private closed = false;

  constructor(
    private readonly owner: OutboxOwner,
    private readonly limits: QueueSettings,
    private readonly policy: OverflowPolicy,
    private readonly services: OutboxServices,
  ) {}

  /** Events that wait. */
  get size(): number {
    return this.queue.size;
  }

  /** Whether a source that can be paused should go on. */
  get hasRoom(): boolean {
    return !this.waitsForDrain && this.thisTick < READ_AHEAD;
  }

  /** From here on, what was pushed is written. */
  open(writer: ResponseWriter, now: number): void {
    this.writer = writer;
    this.lastWrite = now;
    if (this.queue.size > 0) this.schedule();
  }

  push(frame: Frame, isAhead = false): void {
    if (this.closed) return;
    const outdated = frame.key === undefined ? undefined : this.queue.removeKey(frame.key);
    if (this.queue.size > 0 && !isAhead && this.isFull(frame) && !this.makeRoom(frame)) {
      // The newer one has no room: then the older one is better than none.
      if (outdated) this.keep(outdated);
      return;
    }
    if (outdated) this.services.budget.release(outdated);
    this.append(frame);
  }

  /** For frames of ours, such as a farewell: no bound holds them up. */
  pushControl(frame: Frame): void {
    if (!this.closed) this.append(frame);
  }

  /** Writes what waits, as far as the client takes it. Called at the end of the tick, for one after the other. */
  flush(now: number): void {
    this.scheduled = false;
    this.thisTick = 0;
    this.writeWaiting(now);
    const hasNews = this.isAwaited || this.droppedUntold > 0;
    if (hasNews && !this.waitsForDrain && this.queue.size === 0 && !this.closed) {
      this.isAwaited = false;
      this.owner.drained();
    }
  }

  /** Hands everything to the socket, whether the client reads or not, and lets go of it. */
  close(now: number): void {
    if (this.closed) return;
    const { writer, queue } = this;
    if (writer && queue.size > 0) this.lastWrite = now;
    while (writer && queue.size > 0) this.handOver(writer);
    this.discard();
  }

  /** Lets go of everything unwritten. */
  discard(): void {
    this.closed = true;
    for (let frame = this.queue.shift(); frame; frame = this.queue.shift()) this.services.budget.release(frame);
    this.writer = undefined;
  }

  private writeWaiting(now: number): void {
    const { writer, queue } = this;
    // Between two drains the client reads, which needs no asking: one look at the socket for each flush.
    if (!writer || this.waitsForDrain || this.closed) return;
    try {
      if (queue.size > 0) {
        this.lastWrite = now;
        do this.handOver(writer);
        while (queue.size > 0 && this.keepsUp(writer));
      }
      if (writer.blocked) this.waitForDrain(writer);
    } catch (error) {
      logger.error(`Writing to a connection failed: ${errorText(error)}`, errorStack(error));
      this.owner.unwritable();
    }
  }

  private append(frame: Frame): void {
    this.thisTick++;
    this.queue.push(frame);
    this.services.budget.hold(frame);
    this.schedule();
  }

  private schedule(): void {
    if (this.scheduled || this.waitsForDrain || !this.writer) return;
    this.scheduled = true;
    this.services.scheduler.schedule(this);
  }

  /** The usual case, one small event for a client that reads, allocates nothing (docs/benchmark.md, allocations of P1). */
  private handOver(writer: ResponseWriter): void {
    const { queue } = this;
    if (queue.size === 1) {
      const frame = queue.shift() as Frame;
      this.count(frame);
      writer.write(frame);
      return;
    }
    const frames: Frame[] = [];
    let bytes = 0;
    do {
      const frame = queue.shift() as Frame;
      this.count(frame);
      bytes += frame.bytes;
      frames.push(frame);
    } while (queue.size > 0 && bytes < HANDOVER);
    writer.writeAll(frames);
  }

  private count(frame: Frame): void {
    this.services.budget.release(frame);
    this.events++;
    this.bytes += frame.bytes;
    if (frame.id !== undefined) this.cursor = frame.id;
  }

  private keepsUp(writer: ResponseWriter): boolean {
    return !writer.blocked;
  }

  private waitForDrain(writer: ResponseWriter): void {
    if (this.waitsForDrain) return;
    this.waitsForDrain = true;
    writer.onceDrained(() => {
      this.waitsForDrain = false;
      this.flush(monotonicNow());
    });
  }

  private isFull(frame: Frame): boolean {
    return this.exceedsOwnBounds(frame) || this.services.budget.isExceeded;
  }

  /** An empty queue takes any event, however large. */
  private exceedsOwnBounds(frame: Frame): boolean {
    const { queue, limits } = this;
    return queue.size > 0 && (queue.size >= limits.maxEvents || queue.bytes + frame.bytes > limits.maxBytes);
  }

  /** Whether there is room for the frame in the end. */
  private makeRoom(frame: Frame): boolean {
    const { budget } = this.services;
    // A burst within one tick is no sign of a slow client: only who does not take it is measured by the bounds.
    this.writeWaiting(monotonicNow());
    if (this.queue.size === 0) return !this.closed;
    // Where the bound of all queues is exceeded, each gives as much as it takes: none is emptied for the others.
    let owed = budget.isExceeded ? frame.bytes : 0;
    while (this.queue.size > 0 && (owed > 0 || this.exceedsOwnBounds(frame))) {
      if (this.policy === 'disconnect') {
        this.owner.overflowed();
        return false;
      }
      this.dropped++;
      this.droppedUntold++;
      budget.dropped++;
      if (this.policy === 'drop-newest') return false;
      const outdated = this.policy === 'conflate' ? this.queue.removeLike(frame) : undefined;
      const victim = outdated ?? this.queue.shift();
      if (!victim) break;
      budget.release(victim);
      owed -= victim.bytes;
    }
    return !this.closed;
  }

  private keep(frame: Frame): void {
    if (this.closed) this.services.budget.release(frame);
    else this.queue.push(frame);
  }
}
