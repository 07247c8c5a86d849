import { type Frame } from '../protocol/frame.js';

/** A queue that grew beyond this while its client was slow gives its memory back. */
const KEEP = 32;

/**
 * First in, first out. The array is kept from one flush to the next: emptying it by `length = 0` frees its memory, and
 * the next event would allocate it again, for each connection.
 */
export class FrameQueue {
  bytes = 0;
  private frames: (Frame | undefined)[] = emptySlots();
  private head = 0;
  private tail = 0;

  get size(): number {
    return this.tail - this.head;
  }

  push(frame: Frame): void {
    if (this.head > KEEP && this.head * 2 > this.tail) this.compact();
    this.frames[this.tail++] = frame;
    this.bytes += frame.bytes;
  }

  shift(): Frame | undefined {
    if (this.head === this.tail) return undefined;
    const frame = this.frames[this.head];
    this.frames[this.head++] = undefined;
    if (frame) this.bytes -= frame.bytes;
    if (this.head === this.tail) this.reset();
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

  private removeFirst(matches: (waiting: Frame) => boolean): Frame | undefined {
    for (let index = this.head; index < this.tail; index++) {
      const frame = this.frames[index];
      if (!frame || !matches(frame)) continue;
      this.frames.copyWithin(index, index + 1, this.tail);
      this.frames[--this.tail] = undefined;
      this.bytes -= frame.bytes;
      return frame;
    }
    return undefined;
  }

  private compact(): void {
    this.frames.copyWithin(0, this.head, this.tail);
    this.frames.fill(undefined, this.tail - this.head, this.tail);
    this.tail -= this.head;
    this.head = 0;
  }

  private reset(): void {
    this.head = 0;
    this.tail = 0;
    if (this.frames.length > KEEP) this.frames = emptySlots();
  }
}

/** Two slots, which are enough for nearly everybody: an empty list that is pushed to gets seventeen. */
function emptySlots(): (Frame | undefined)[] {
  return [undefined, undefined];
}
