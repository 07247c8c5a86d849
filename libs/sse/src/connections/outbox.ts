import { Logger } from '@nestjs/common';
import { errorStack, errorText } from '../protocol/error-text.js';
import { type Frame } from '../protocol/frame.js';
import { type ResponseWriter } from '../transport/response-writer.js';
import { monotonicNow } from './monotonic.js';
import { OutboxIntake } from './outbox-intake.js';
import { type Traffic } from './traffic.js';

const logger = new Logger('SseConnection');

/** A source that can be paused is asked for no more than this many events until they are written. */
const READ_AHEAD = 16;
/** Bytes handed to a socket at once. What waits here can still be dropped; what the socket has can't. */
export const HANDOVER = 65_536;

/**
 * The events of one connection between their publication and its socket. They leave together at the end of the tick;
 * while the client does not read they wait here, bounded, and the overflow policy says who gives way.
 *
 * Of recorded events it keeps to the invariant that everything about resuming rests on: their numbers strictly grow, and
 * one is written only after all before it.
 */
export class Outbox extends OutboxIntake {
  /** Events that were written, and their bytes. */
  events = 0;
  bytes = 0;
  /** When something was last written, by the monotonic clock; 0 before. */
  lastWrite = 0;
  /** The last id that was written: where the client stands. */
  cursor = '';
  /** The number in the last id that was written, -1 before the first: where the client stands, as far as it knows. */
  told = -1;
  /** Its client resumes by the numbers of what is written to it. */
  isNumbered = false;
  /** Somebody waits to hear that everything was written. Nobody else's connection is looked at for it. */
  private isAwaited = false;
  private writer: ResponseWriter | undefined;
  private scheduled = false;
  private waitsForDrain = false;

  /** For how long the client has kept what it is to be given next from being written, in milliseconds; 0 where nothing waits. */
  lag(now: number): number {
    const { oldest } = this.queue;
    if (!oldest && !this.waitsForDrain) return 0;
    return Math.max(0, now - (oldest?.publishedAt || this.lastWrite || now));
  }

  /** Whether a source that can be paused should go on. */
  get hasRoom(): boolean {
    return !this.waitsForDrain && this.thisTick < READ_AHEAD;
  }

  /** Everything was written, and the client reads. */
  get isDrained(): boolean {
    return this.takesPage && this.queue.size === 0;
  }

  /** The next page of the history has room: the last one was written, and the client reads. */
  get takesPage(): boolean {
    return this.writer !== undefined && !this.waitsForDrain && this.queue.recorded === 0 && !this.closed;
  }

  /** From here on, what was pushed is written. */
  open(writer: ResponseWriter, now: number): void {
    this.writer = writer;
    this.lastWrite = now;
    if (this.queue.size > 0) this.schedule();
  }

  /** Writes what waits, as far as the client takes it. Called at the end of the tick, for one after the other. */
  flush(now: number): void {
    this.scheduled = false;
    this.thisTick = 0;
    this.writeWaiting(now);
    const hasNews = this.isAwaited || this.isBehind;
    if (hasNews && !this.waitsForDrain && this.queue.size === 0 && !this.closed) this.tellDrained();
  }

  /** Its owner is told once when everything was written and the client reads. */
  awaitDrain(): void {
    this.isAwaited = true;
    // A source that can be paused is to be paused by its client alone, and not by the window in which events are collected.
    if (this.scheduled) this.services.scheduler.hasten(this);
  }

  /** Hands everything to the socket, whether the client reads or not, and lets go of it. */
  close(now: number): void {
    if (this.closed) return;
    const { writer, queue } = this;
    while (writer && queue.size > 0) this.handOver(writer, now);
    if (writer) this.tellDropped(writer);
    this.discard();
  }

  /** Lets go of everything unwritten. */
  discard(): void {
    this.closed = true;
    for (let frame = this.queue.shift(); frame; frame = this.queue.shift()) this.services.budget.release(frame);
    this.writer = undefined;
  }

  protected override writeWaiting(now: number): void {
    const { writer, queue } = this;
    // Between two drains the client reads, which needs no asking: one look at the socket for each flush.
    if (!writer || this.waitsForDrain || this.closed) return;
    try {
      if (queue.size > 0) {
        do this.handOver(writer, now);
        while (queue.size > 0 && this.keepsUp(writer));
      }
      if (this.untold && queue.size === 0) this.tellDropped(writer);
      if (writer.blocked) this.waitForDrain(writer);
    } catch (error) {
      logger.error(`Writing to a connection failed: ${errorText(error)}`, errorStack(error));
      this.owner.unwritable();
    }
  }

  protected override schedule(): void {
    const { scheduler } = this.services;
    if (this.scheduled) {
      if (this.thisTick >= scheduler.maxEvents) scheduler.hasten(this);
      return;
    }
    if (this.waitsForDrain || !this.writer) return;
    this.scheduled = true;
    scheduler.schedule(this);
  }

  /** The usual case, one small event for a client that reads, allocates nothing (docs/benchmark.md, allocations of P1). */
  protected handOver(writer: ResponseWriter, now: number): void {
    const { queue } = this;
    this.lastWrite = now;
    // Before any id behind what was left out: a client that is cut in between, and resumes by it, must know.
    if (this.untold && this.isNumbered) this.tellDropped(writer);
    if (queue.size === 1) {
      const frame = queue.shift() as Frame;
      if (this.count(frame, now)) writer.write(frame);
      return;
    }
    const frames: Frame[] = [];
    let bytes = 0;
    do {
      const frame = queue.shift() as Frame;
      if (!this.count(frame, now)) break;
      bytes += frame.bytes;
      frames.push(frame);
    } while (queue.size > 0 && bytes < HANDOVER);
    if (frames.length > 0) writer.writeAll(frames);
  }

  /** Whether it is to be written: an event whose time is over is left out, and told of if it is recorded. */
  protected count(frame: Frame, now: number): boolean {
    this.services.budget.release(frame);
    if (frame.sequence > 0) this.written = frame.sequence;
    if (frame.expires <= now) {
      if (frame.sequence > 0) this.countDropped('expired');
      return false;
    }
    if (frame.sequence > 0) this.told = frame.sequence;
    const { traffic } = this.services;
    this.countWritten(frame, traffic);
    // What is read from the history was published long ago, for others.
    if (frame.publishedAt > 0 && !this.isBehind) traffic.latency.record(now - frame.publishedAt);
    if (frame.id !== undefined) this.cursor = frame.id;
    return true;
  }

  protected tellDropped(writer: ResponseWriter): void {
    const { untold } = this;
    this.untold = undefined;
    for (const frame of untold ? this.owner.tell(untold) : []) {
      this.countWritten(frame, this.services.traffic);
      writer.write(frame);
    }
  }

  protected tellDrained(): void {
    this.isAwaited = false;
    this.owner.drained();
  }

  private countWritten({ bytes }: Frame, traffic: Traffic): void {
    this.events++;
    this.bytes += bytes;
    traffic.events++;
    traffic.bytes += bytes;
  }

  protected keepsUp(writer: ResponseWriter): boolean {
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
}
