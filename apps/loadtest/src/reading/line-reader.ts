import { type BodyCounter } from './event-counter.js';

const LF = 10;
const CR = 13;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;
/** What most lines that are cut need. A longer one gets more, up to the limit of its reader. */
const FIRST_CARRY = 256;

/**
 * Splits the body of an event stream into lines where they stand, and copies none but one that two reads have in parts.
 * Of that one it keeps no more than a limit: a line without an end takes no more memory than that.
 */
export abstract class LineReader implements BodyCounter {
  /** Events that the current read completed. */
  protected events = 0;

  #carry: Buffer | undefined;
  #carried = 0;
  /** More of the line came than was kept. */
  #isCut = false;
  #lastWasCr = false;
  #isFirst = true;

  protected constructor(private readonly maxLine: number) {}

  read(bytes: Buffer, start: number, end: number): number {
    this.events = 0;
    let from = start;
    if (this.#lastWasCr && from < end) {
      this.#lastWasCr = false;
      if (bytes[from] === LF) from++;
    }
    for (let at = from; at < end; at++) {
      const byte = bytes[at] ?? 0;
      // One comparison for nearly every byte: this loop is most of what a stream costs.
      if (byte > CR || (byte !== LF && byte !== CR)) continue;
      if (this.#carry === undefined && !this.#isFirst) this.line(bytes, from, at, true);
      else this.#longLine(bytes, from, at);
      if (byte === CR) {
        if (at + 1 === end) this.#lastWasCr = true;
        else if (bytes[at + 1] === LF) at++;
      }
      from = at + 1;
    }
    if (from < end) this.#keep(bytes, from, end);
    return this.events;
  }

  /** @param isWhole false where the line was longer than the limit, and these are its first bytes */
  protected abstract line(bytes: Buffer, start: number, end: number, isWhole: boolean): void;

  /** The first line, which may begin with a mark, or one that began in a read before. */
  #longLine(bytes: Buffer, start: number, end: number): void {
    let [line, from, to] = [bytes, start, end];
    if (this.#carry !== undefined) {
      this.#keep(bytes, start, end);
      [line, from, to] = [this.#carry, 0, this.#carried];
    }
    const isWhole = !this.#isCut;
    this.#carry = undefined;
    this.#carried = 0;
    this.#isCut = false;
    if (this.#isFirst && BYTE_ORDER_MARK.every((byte, index) => from + index < to && line[from + index] === byte)) {
      from += BYTE_ORDER_MARK.length;
    }
    this.#isFirst = false;
    this.line(line, from, to, isWhole);
  }

  #keep(bytes: Buffer, start: number, end: number): void {
    const room = Math.min(end - start, this.maxLine - this.#carried);
    if (room < end - start) this.#isCut = true;
    const needed = this.#carried + room;
    if (this.#carry === undefined || this.#carry.length < needed) {
      const larger = Buffer.allocUnsafe(Math.min(this.maxLine, Math.max(FIRST_CARRY, needed * 2)));
      this.#carry?.copy(larger, 0, 0, this.#carried);
      this.#carry = larger;
    }
    bytes.copy(this.#carry, this.#carried, start, start + room);
    this.#carried = needed;
  }
}
