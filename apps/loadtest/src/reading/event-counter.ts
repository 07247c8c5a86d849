const LF = 10;
const CR = 13;
const COLON = 58;
const DATA = [100, 97, 116, 97] as const;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;

/** The line so far is not, and can't become, a `data` field. */
const OTHER = -1;
const NO_MARK = -1;

/** Counts the events in the body of one stream. */
export interface BodyCounter {
  /** Reads `bytes` from `start` up to, not including, `end`. Returns how many events these bytes completed. */
  read(bytes: Buffer, start: number, end: number): number;
  /** No byte will come any more. Calls `done` when the last event was counted. Left out by who counts at once. */
  end?(done: () => void): void;
  /** Nobody wants to know any more. */
  destroy?(): void;
}

/**
 * Counts the events in the bytes of an event stream, without building one.
 *
 * An event is what a browser fires for: a block that holds a `data` line and is ended by an empty line. Comments,
 * `retry:` and blocks that only have an id are none. The bytes may be cut anywhere, also within a line ending.
 *
 * @example
 * const counter = new EventCounter();
 * counter.read(Buffer.from('data: 1\n\ndata: 2\n'), 0, 17); // 1
 */
export class EventCounter implements BodyCounter {
  #mark = 0;
  /** How many bytes of `data` this line begins with, 0 being an empty line so far; or `OTHER`. */
  #matched = 0;
  #hasData = false;
  #lastWasCr = false;

  read(bytes: Uint8Array, start: number, end: number): number {
    let events = 0;
    let at = this.#mark === NO_MARK ? start : this.#skipMark(bytes, start, end);
    let matched = this.#matched;
    for (; at < end; at++) {
      const byte = bytes[at];
      if (byte === LF || byte === CR) {
        if (byte === LF && this.#lastWasCr) {
          this.#lastWasCr = false;
          continue;
        }
        this.#lastWasCr = byte === CR;
        if (matched === 0) {
          if (this.#hasData) events++;
          this.#hasData = false;
        } else if (matched === DATA.length) {
          this.#hasData = true;
        }
        matched = 0;
        continue;
      }
      this.#lastWasCr = false;
      if (matched === OTHER) continue;
      if (matched === DATA.length) {
        if (byte === COLON) this.#hasData = true;
        matched = OTHER;
      } else {
        matched = byte === DATA[matched] ? matched + 1 : OTHER;
      }
    }
    this.#matched = matched;
    return events;
  }

  #skipMark(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && this.#mark < BYTE_ORDER_MARK.length) {
      if (bytes[at] !== BYTE_ORDER_MARK[this.#mark]) {
        // A part of a mark is text like any other.
        if (this.#mark > 0) this.#matched = OTHER;
        this.#mark = NO_MARK;
        return at;
      }
      this.#mark++;
      at++;
    }
    if (this.#mark === BYTE_ORDER_MARK.length) this.#mark = NO_MARK;
    return at;
  }
}
