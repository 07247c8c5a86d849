import { type Frame } from '../protocol/frame.js';
import { type ResponseWriter } from '../transport/response-writer.js';
import { type DropReason } from './drop-counts.js';
import { monotonicNow } from './monotonic.js';
import { HANDOVER, Outbox } from './outbox.js';
import { type OutboxOwner, type OutboxServices, type OutboxSettings } from './outbox-surroundings.js';
import { type StreamLimit } from './stream-limit.js';
import { type TokenLine, type TokenWaiter } from './token-line.js';

/** What the outbox of a limited stream knows of its connection, and tells it. */
export interface LimitedOutboxOwner extends OutboxOwner {
  readonly userId: string | undefined;
  /** It is behind, and has room for the next page, whatever else waits. */
  wantsPage(): void;
}

/**
 * An outbox that writes an event of the application only for a token. One that has none waits, or is left out; the order
 * stays. Frames of this library need no token, but pass nothing that waits: their numbers have their place.
 *
 * A critical event does not wait, nor does what is before it: their tokens are owed, and those after them wait the longer.
 */
export class RateLimitedOutbox extends Outbox implements TokenWaiter {
  declare protected readonly owner: LimitedOutboxOwner;
  private readonly line: TokenLine;
  /** Tokens that are its own to take, though others wait in the line. */
  private turn = 0;
  /** There is no token for what is next. */
  private isOut = false;
  /** What waits has waited for a token since the queue was last empty, and was counted for that. */
  private isHeld = false;
  private isClosing = false;

  constructor(
    owner: LimitedOutboxOwner,
    settings: OutboxSettings,
    services: OutboxServices,
    private readonly limit: StreamLimit,
  ) {
    super(owner, settings, services);
    this.line = limit.hold(owner.userId);
  }

  /** A source that can be paused is asked for no more than there are tokens for. */
  override get hasRoom(): boolean {
    if (!super.hasRoom || this.line.isBusy) return false;
    return this.line.bucket.wait(monotonicNow(), this.queue.size + 1) === 0;
  }

  override awaitDrain(): void {
    super.awaitDrain();
    // Where nothing waits, nothing else would wake it.
    if (this.queue.size === 0) this.line.wait(this);
  }

  takeTurn(now: number, tokens: number): void {
    this.turn = tokens;
    this.flush(now);
    this.turn = 0;
  }

  override flush(now: number): void {
    super.flush(now);
    // Events that no history has may go on to come and to wait: what is caught up with takes its place among them.
    if (this.isBehind && this.queue.size > 0 && this.takesPage) this.owner.wantsPage();
  }

  override close(now: number): void {
    this.isClosing = true;
    super.close(now);
  }

  override discard(): void {
    if (!this.closed) {
      this.line.leave(this);
      this.limit.release(this.owner.userId);
    }
    super.discard();
  }

  protected override append(frame: Frame): void {
    if (this.queue.size === 0) this.isHeld = false;
    if (this.isHeld && isHeldUp(frame)) this.services.traffic.delayed++;
    super.append(frame);
  }

  /** What the history does not have gives way to what it does: else it would have to be read over and over. */
  protected override makeRoom(frame: Frame): boolean {
    this.writeWaiting(monotonicNow());
    const isInTheWay = this.isBehind && this.queue.recorded > 0 && frame.priority !== 'critical';
    if (!isInTheWay) return super.makeRoom(frame);
    this.countDropped('overflow');
    return false;
  }

  protected override handOver(writer: ResponseWriter, now: number): void {
    if (this.isClosing) super.handOver(writer, now);
    else this.handOverWhatMayGo(writer, now);
  }

  protected override keepsUp(writer: ResponseWriter): boolean {
    return !this.isOut && super.keepsUp(writer);
  }

  /** To be told of each event that is left out would cost as much as the event. */
  protected override tellDropped(writer: ResponseWriter): void {
    const mayTell = this.isClosing || this.turn > 0 || this.line.bucket.wait(monotonicNow()) === 0;
    if (mayTell) super.tellDropped(writer);
    else this.line.wait(this);
  }

  protected override tellDrained(): void {
    // What a source gave now would have to wait, or be left out.
    if (!this.isBehind && this.line.bucket.wait(monotonicNow()) > 0) this.line.wait(this);
    else super.tellDrained();
  }

  private handOverWhatMayGo(writer: ResponseWriter, now: number): void {
    const { queue } = this;
    const frames: Frame[] = [];
    let bytes = 0;
    this.isOut = false;
    while (queue.oldest && bytes < HANDOVER) {
      const frame = queue.oldest;
      const mayGo = frame.isControl || frame.expires <= now || this.pays(frame, now);
      if (!mayGo && this.limit.onLimit !== 'drop') {
        this.holdBack();
        break;
      }
      queue.shift();
      if (mayGo && this.count(frame, now)) {
        if (this.untold && this.isNumbered) super.tellDropped(writer);
        bytes += frame.bytes;
        frames.push(frame);
        continue;
      }
      if (!mayGo) this.omit(frame, 'rate');
      // What follows is to be told of it first.
      if (frames.length > 0) break;
    }
    const [first] = frames;
    if (!first) return;
    this.lastWrite = now;
    if (frames.length === 1) writer.write(first);
    else writer.writeAll(frames);
  }

  /** Whether there is a token for it, or it goes without. */
  private pays(frame: Frame, now: number): boolean {
    const { line, limit, queue } = this;
    const drops = limit.onLimit === 'drop';
    if (drops ? line.bucket.tryTake(now) : this.takesToken(now)) return true;
    const isPulled = drops ? isUrgent(frame) : queue.count((waiting) => isUrgent(waiting) && waiting.expires > now) > 0;
    if (isPulled) line.bucket.take(now);
    return isPulled;
  }

  private takesToken(now: number): boolean {
    const { line } = this;
    if (this.turn === 0) return !line.isBusy && line.bucket.tryTake(now);
    this.turn--;
    return line.bucket.tryTake(now);
  }

  private holdBack(): void {
    this.isOut = true;
    if (this.limit.onLimit === 'conflate') {
      for (const frame of this.queue.conflate((waiting) => !isHeldUp(waiting))) this.omit(frame, 'replaced');
    }
    if (!this.isHeld) {
      this.isHeld = true;
      this.services.traffic.delayed += this.queue.count(isHeldUp);
    }
    this.line.wait(this);
  }

  /** The client is told of what is recorded; what is not, such as a cursor that moves, is only counted. */
  private omit(frame: Frame, reason: DropReason): void {
    this.services.budget.release(frame);
    if (reason === 'rate' && frame.sequence > 0) this.written = frame.sequence;
    if (frame.sequence > 0 || frame.isCopy) this.noteDropped(reason);
    else this.countOmitted(reason);
  }
}

function isHeldUp(frame: Frame): boolean {
  return !frame.isControl && !isUrgent(frame);
}

function isUrgent({ priority, isControl }: Frame): boolean {
  return priority === 'critical' && !isControl;
}
