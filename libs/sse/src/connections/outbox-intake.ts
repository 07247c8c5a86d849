import { type Frame } from '../protocol/frame.js';
import { DropCounts, type DropReason } from './drop-counts.js';
import { FrameQueue } from './frame-queue.js';
import { monotonicNow } from './monotonic.js';
import { type OutboxOwner, type OutboxServices, type OutboxSettings } from './outbox-surroundings.js';
import { isFull, sacrificeFor } from './overflow.js';

/**
 * What an outbox takes: which of the events that come wait to be written, which of those that wait give way to them, and
 * what is counted of those that are left out. How they leave is in {@link Outbox}.
 *
 * Of recorded events it keeps to the invariant that everything about resuming rests on: the numbers of those that wait
 * strictly grow, and none is taken that is not above all before it.
 */
export abstract class OutboxIntake {
  /** Events that were left out, in all. */
  dropped = 0;
  /** The number of the last recorded event that was taken. One at or below it is not taken again. */
  position = 0;
  /** Of these, the last that is done with: the history is asked for what comes behind it. */
  written = 0;
  /** It takes no recorded event: it is given them from the history, page by page. */
  isBehind = false;
  /** With so many recorded events waiting it falls behind; 0 where there is no history to catch up from. */
  fallsBehindAt = 0;
  /** Events that were left out, and that the client was not told of yet. */
  protected untold: DropCounts | undefined;
  protected readonly queue = new FrameQueue();
  /** What was taken since the last flush: a source that always has the next value must not starve all others. */
  protected thisTick = 0;
  protected closed = false;

  constructor(
    protected readonly owner: OutboxOwner,
    private readonly settings: OutboxSettings,
    protected readonly services: OutboxServices,
  ) {}

  /** Events that wait. */
  get size(): number {
    return this.queue.size;
  }

  /** The bytes of those. */
  get queuedBytes(): number {
    return this.queue.bytes;
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

  /** Counts an event that this client does not get, to be told of it. */
  countDropped(reason: DropReason): void {
    this.noteDropped(reason);
    this.schedule();
  }

  /** Writes what waits, as far as the client takes it. */
  protected abstract writeWaiting(now: number): void;

  /** Has it written at the end of the tick. */
  protected abstract schedule(): void;

  protected append(frame: Frame): void {
    this.thisTick++;
    this.queue.push(frame);
    this.services.budget.hold(frame);
    this.schedule();
  }

  /** The client is told with the next thing that it gets: to shed an event must not cost a write. */
  protected noteDropped(reason: DropReason): void {
    this.countOmitted(reason);
    (this.untold ??= new DropCounts()).add(reason);
  }

  /** Counts an event that this client does not get, and that it is not to be told of. */
  protected countOmitted(reason: DropReason): void {
    this.dropped++;
    this.services.traffic.droppedBy[reason]++;
  }

  protected leaveOut(frame: Frame, reason: DropReason): void {
    this.services.budget.release(frame);
    this.countDropped(reason);
  }

  /** Whether there is room for the frame in the end. */
  protected makeRoom(frame: Frame): boolean {
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

  /** Whether a frame is to be taken; if it is a recorded one, it is the last of them from now on. */
  private advance(frame: Frame): boolean {
    if (frame.sequence === 0) return true;
    if (this.isBehind || frame.sequence <= this.position) return false;
    this.position = frame.sequence;
    return true;
  }

  private isFull(frame: Frame): boolean {
    return this.services.budget.isExceeded || isFull(this.queue, this.settings.queue, frame, this.fallsBehindAt);
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

  private letGo(matches: (waiting: Frame) => boolean): void {
    for (const frame of this.queue.removeAll(matches)) this.services.budget.release(frame);
  }
}
