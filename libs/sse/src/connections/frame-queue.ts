import { type Frame } from '../protocol/frame.js';

/** A list that grew beyond this while its client was slow gives its memory back. */
const KEEP = 32;
/** Shared by all queues that hold one frame at most, which is nearly all of them nearly always. */
const NONE: (Frame | undefined)[] = [];

/**
 * First in, first out. The oldest frame stands in a field of its own: a client that reads has one event waiting at the
 * end of a tick, and needs no list for it.
 */
export class FrameQueue {
  size = 0;
  bytes = 0;
  /** How many of them are recorded, so that they can be had again from the history of their channel. */
  recorded = 0;
  /** The next to be written. */
  oldest: Frame | undefined;
  /** The frames behind the oldest, from `head` on. */
  private rest = NONE;
  private head = 0;

  push(frame: Frame): void {
    if (this.size === 0) this.oldest = frame;
    else this.append(frame);
    this.size++;
    this.bytes += frame.bytes;
    if (frame.sequence > 0) this.recorded++;
  }

  shift(): Frame | undefined {
    const frame = this.oldest;
    if (!frame) return undefined;
    this.forget(frame);
    this.oldest = this.size > 0 ? this.next() : undefined;
    return frame;
  }

  /** Takes out the waiting frame of this key, if there is one. There is never more than one. */
  removeKey(key: string): Frame | undefined {
    return this.removeFirst((waiting) => waiting.key === key);
  }

  /** Takes out the oldest frame that a new one makes outdated: of the same key, or of the same type where it has none. */
  removeLike(frame: Frame): Frame | undefined {
    return this.removeFirst((waiting) =>
      frame.key !== undefined ? waiting.key === frame.key : waiting.key === undefined && waiting.type === frame.type,
    );
  }

  /**
   * Takes out who is the first to give way: the oldest of low priority, else the oldest that is not critical, else the
   * oldest. What this library has to tell the client, such as a reset, never does.
   */
  removeLeast(): Frame | undefined {
    return (
      this.removeLow() ??
      this.removeFirst((frame) => frame.priority !== 'critical' && !isOurs(frame)) ??
      this.removeFirst((frame) => !isOurs(frame))
    );
  }

  /** Takes out the oldest frame of low priority. */
  removeLow(): Frame | undefined {
    return this.removeFirst(({ priority }) => priority === 'low');
  }

  /** Takes out of what is like one another, as `removeLike` has it, all but the newest; and nothing of what stays anyway. */
  conflate(stays: (waiting: Frame) => boolean): Frame[] {
    const newest = new Map<string, Frame>();
    const kindOf = ({ key, type = '' }: Frame) => (key === undefined ? `type ${type}` : `key ${key}`);
    const all = this.takeAll();
    for (const frame of all) if (!stays(frame)) newest.set(kindOf(frame), frame);
    const removed: Frame[] = [];
    for (const frame of all) {
      if (stays(frame) || newest.get(kindOf(frame)) === frame) this.push(frame);
      else removed.push(frame);
    }
    return removed;
  }

  /** How many frames are like this. */
  count(matches: (waiting: Frame) => boolean): number {
    let count = this.oldest && matches(this.oldest) ? 1 : 0;
    for (let index = this.head; index < this.rest.length; index++) {
      const frame = this.rest[index];
      if (frame && matches(frame)) count++;
    }
    return count;
  }

  /** Takes out all frames that are like this. */
  removeAll(matches: (waiting: Frame) => boolean): Frame[] {
    const removed: Frame[] = [];
    for (const frame of this.takeAll()) {
      if (matches(frame)) removed.push(frame);
      else this.push(frame);
    }
    return removed;
  }

  /** Puts a frame back that was taken out: a recorded one to its place, since numbers grow; any other at the end. */
  putBack(frame: Frame): void {
    const { sequence } = frame;
    const waiting = this.takeAll();
    const place = sequence > 0 ? waiting.findIndex((other) => other.sequence > sequence) : -1;
    waiting.splice(place < 0 ? waiting.length : place, 0, frame);
    for (const each of waiting) this.push(each);
  }

  private takeAll(): Frame[] {
    const all: Frame[] = [];
    for (let frame = this.shift(); frame; frame = this.shift()) all.push(frame);
    return all;
  }

  private append(frame: Frame): void {
    if (this.rest === NONE) this.rest = [];
    this.rest.push(frame);
  }

  private next(): Frame | undefined {
    const frame = this.rest[this.head];
    this.rest[this.head++] = undefined;
    if (this.head === this.rest.length) this.restart();
    else if (this.head > KEEP && this.head * 2 > this.rest.length) {
      this.rest = this.rest.slice(this.head);
      this.head = 0;
    }
    return frame;
  }

  private removeFirst(matches: (waiting: Frame) => boolean): Frame | undefined {
    if (this.oldest && matches(this.oldest)) return this.shift();
    for (let index = this.head; index < this.rest.length; index++) {
      const frame = this.rest[index];
      if (!frame || !matches(frame)) continue;
      this.rest.splice(index, 1);
      if (this.head === this.rest.length) this.restart();
      this.forget(frame);
      return frame;
    }
    return undefined;
  }

  private forget(frame: Frame): void {
    this.size--;
    this.bytes -= frame.bytes;
    if (frame.sequence > 0) this.recorded--;
  }

  private restart(): void {
    this.head = 0;
    this.rest = NONE;
  }
}

/** Types of applications can't begin like this. */
function isOurs({ type }: Frame): boolean {
  return type?.startsWith('sse:') ?? false;
}
