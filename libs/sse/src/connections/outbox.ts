import { Logger } from '@nestjs/common';
import { errorStack, errorText } from '../protocol/error-text.js';
import { type Frame } from '../protocol/frame.js';
import { type ResponseWriter } from '../transport/response-writer.js';
import { DropCounts, type DropReason } from './drop-counts.js';
import { FrameQueue } from './frame-queue.js';
import { monotonicNow } from './monotonic.js';
import { type OutboxOwner, type OutboxServices, type OutboxSettings } from './outbox-surroundings.js';
import { isFull, sacrificeFor } from './overflow.js';
import { type Traffic } from './traffic.js';

const logger = new Logger('SseConnection');

/** A source that can be paused is asked for no more than this many events in one tick. */
const READ_AHEAD = 16;
/** Bytes handed to a socket at once. What waits here can still be dropped; what the socket has can't. */
const HANDOVER = 65_536;

/**
 * The events of one connection between their publication and its socket. They leave together at the end of the tick;
 * while the client does not read they wait here, bounded, and the overflow policy says who gives way.
 *
 * Of recorded events it keeps to the invariant that everything about resuming rests on: their numbers strictly grow, and
 * one is written only after all before it.
 */
export class Outbox {
  /** Events that were written, and their bytes. */
  events = 0;
  bytes = 0;
  /** Events that were left out, in all. */
  dropped = 0;
  /** When something was last written, by the monotonic clock; 0 before. */
  lastWrite = 0;
  /** Somebody waits to hear that everything was written. Nobody else's connection is looked at for it. */
  isAwaited = false;
  /** The last id that was written: where the client stands. */
  cursor = '';
  /** The number of the last recorded event that was taken. One at or below it is not taken again. */
  position = 0;
  /** Of these, the last that is done with: the history is asked for what comes behind it. */
  written = 0;
  /** The number in the last id that was written, -1 before the first: where the client stands, as far as it knows. */
  told = -1;
  /** Its client resumes by the numbers of what is written to it. */
  isNumbered = false;
  /** It takes no recorded event: it is given them from the history, page by page. */
  isBehind = false;
  /** With so many recorded events waiting it falls behind; 0 where there is no history to catch up from. */
  fallsBehindAt = 0;
  /** Events that were left out, and that the client was not told of yet. */
  private untold: DropCounts | undefined;
  private readonly queue = new FrameQueue();
  private writer: ResponseWriter | undefined;
  /** What was taken since the last flush: a source that always has the next value must not starve all others. */
  private thisTick = 0;
  private scheduled = false;
  private waitsForDrain = false;
  private closed = false;

  constructor(
    private readonly owner: OutboxOwner,
    private readonly settings: OutboxSettings,
    private readonly services: OutboxServices,
  ) {}

  /** Events that wait. */
  get size(): number {
    return this.queue.size;
  }

  /** The bytes of those. */
  get queuedBytes(): number {
    return this.queue.bytes;
  }

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

  push(frame: Frame, isAhead = false): void {
    if (this.closed || !this.advance(frame)) return;
    if (this.services.shedding.lowPriority && frame.priority === 'low') {
      this.noteDropped('shed');
      return;
    }
    const outdated = frame.key === undefined ? undefined : this.queue.removeKey(frame.key);
    if (this.queue.size > 0 && !isAhead && this.isFull(frame) && !this.makeRoom(frame)) {
      // The newer one has no room: then the older one is better than none.
      if (outdated) this.keep(outdated);
      return;
    }
    if (outdated) this.replace(outdated);
    this.append(frame);
    if (frame.priority === 'critical') this.writeWaiting(monotonicNow());
  }

  /** For frames of ours, such as a farewell: no bound holds them up. */
  pushControl(frame: Frame): void {
    if (this.closed) return;
    if (frame.sequence > 0) this.position = frame.sequence;
    this.append(frame);
  }

  /** A page of the history, for an outbox that is behind: no more at once than the bounds allow. */
  pushPage(frames: readonly Frame[], through: number): void {
    if (this.closed) return;
    for (const frame of frames) {
      const outdated = frame.key === undefined ? undefined : this.queue.removeKey(frame.key);
      if (outdated) this.leaveOut(outdated, 'replaced');
      this.append(frame);
    }
    this.position = through;
    if (frames.length === 0) this.written = through;
  }

  /** Lets go of the recorded events that wait: they are had again from the history once the client reads. */
  fallBehind(): void {
    this.isBehind = true;
    this.position = this.written;
    this.letGo(({ sequence }) => sequence > 0);
  }

  /** Lets go of the events that wait without their ids: they come again with them. */
  dropCopies(): void {
    this.letGo(({ isCopy }) => isCopy);
  }

  /** Writes what waits, as far as the client takes it. Called at the end of the tick, for one after the other. */
  flush(now: number): void {
    this.scheduled = false;
    this.thisTick = 0;
    this.writeWaiting(now);
    const hasNews = this.isAwaited || this.isBehind;
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

  private letGo(matches: (waiting: Frame) => boolean): void {
    for (const frame of this.queue.removeAll(matches)) this.services.budget.release(frame);
  }

  /** Counts an event that this client does not get, to be told of it. */
  countDropped(reason: DropReason): void {
    this.noteDropped(reason);
    this.schedule();
  }

  /** The client is told with the next thing that it gets: to shed an event must not cost a write. */
  private noteDropped(reason: DropReason): void {
    this.dropped++;
    this.services.traffic.droppedBy[reason]++;
    (this.untold ??= new DropCounts()).add(reason);
  }

  /** Whether a frame is to be taken; if it is a recorded one, it is the last of them from now on. */
  private advance(frame: Frame): boolean {
    if (frame.sequence === 0) return true;
    if (this.isBehind || frame.sequence <= this.position) return false;
    this.position = frame.sequence;
    return true;
  }

  private writeWaiting(now: number): void {
    const { writer, queue } = this;
    // Between two drains the client reads, which needs no asking: one look at the socket for each flush.
    if (!writer || this.waitsForDrain || this.closed) return;
    try {
      if (queue.size > 0) {
        this.lastWrite = now;
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
  private handOver(writer: ResponseWriter, now: number): void {
    const { queue } = this;
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
  private count(frame: Frame, now: number): boolean {
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

  private tellDropped(writer: ResponseWriter): void {
    const { untold } = this;
    this.untold = undefined;
    for (const frame of untold ? this.owner.tell(untold) : []) {
      this.countWritten(frame, this.services.traffic);
      writer.write(frame);
    }
  }

  private countWritten({ bytes }: Frame, traffic: Traffic): void {
    this.events++;
    this.bytes += bytes;
    traffic.events++;
    traffic.bytes += bytes;
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
    return this.services.budget.isExceeded || isFull(this.queue, this.settings.queue, frame, this.fallsBehindAt);
  }

  /** Whether there is room for the frame in the end. */
  private makeRoom(frame: Frame): boolean {
    const { budget } = this.services;
    // A burst within one tick is no sign of a slow client: only who does not take it is measured by the bounds.
    this.writeWaiting(monotonicNow());
    if (this.queue.size === 0) return !this.closed;
    if (this.fallsBehindAt > 0 && (frame.sequence > 0 || this.queue.recorded > 0)) {
      this.fallBehind();
      if (frame.sequence > 0) return false;
    }
    // Where the bound of all queues is exceeded, each gives as much as it takes: none is emptied for the others.
    let owed = budget.isExceeded ? frame.bytes : 0;
    while (this.queue.size > 0 && (owed > 0 || isFull(this.queue, this.settings.queue, frame, this.fallsBehindAt))) {
      const sacrifice = sacrificeFor(frame, this.queue, this.settings.overflow);
      if (sacrifice.what === 'connection') {
        this.owner.overflowed();
        return false;
      }
      if (sacrifice.what === 'new') {
        this.countDropped(sacrifice.reason);
        return false;
      }
      this.leaveOut(sacrifice.frame, sacrifice.reason);
      owed -= sacrifice.frame.bytes;
    }
    return !this.closed;
  }

  private leaveOut(frame: Frame, reason: DropReason): void {
    this.services.budget.release(frame);
    this.countDropped(reason);
  }

  private replace(outdated: Frame): void {
    // Nobody is told of an ephemeral one, which is what it is for.
    if (this.isGivenAgain(outdated) || outdated.sequence === 0) this.services.budget.release(outdated);
    else this.leaveOut(outdated, 'replaced');
  }

  private keep(outdated: Frame): void {
    if (this.closed || this.isGivenAgain(outdated)) this.services.budget.release(outdated);
    else this.queue.putBack(outdated);
  }

  /** It was let go of with all others when this fell behind, and comes from the history. */
  private isGivenAgain({ sequence }: Frame): boolean {
    return sequence > this.position;
  }
}
