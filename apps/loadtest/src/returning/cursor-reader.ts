import { LineReader } from '../reading/line-reader.js';
import { type Cursor } from './cursor.js';

const COLON = 58;
const SPACE = 32;
const DATA = Buffer.from('data');
const ID = Buffer.from('id');
const RETRY = Buffer.from('retry');
/** As long as an id that is kept, and its field name. */
const MAX_LINE = 1_100;
/** The longest time that a timer takes. */
const MAX_RETRY = 2 ** 31 - 1;

/** Counts the events of a stream, and moves the cursor that is needed to come back to it. */
export class CursorReader extends LineReader {
  #hasData = false;

  constructor(
    private readonly cursor: Cursor,
    maxLine = MAX_LINE,
  ) {
    super(maxLine);
    cursor.beginStream();
  }

  protected override line(bytes: Buffer, start: number, end: number, isWhole: boolean): void {
    if (start === end) {
      this.cursor.endBlock();
      if (this.#hasData) {
        this.#hasData = false;
        this.events++;
        this.event?.();
      }
      this.blockEnded?.();
      return;
    }
    // The first letter tells the few fields apart.
    if (bytes[start] !== RETRY[0]) this.cursor.hearMore();
    switch (bytes[start]) {
      case DATA[0]:
        if (!isField(DATA, bytes, start, end)) return;
        this.#hasData = true;
        this.data?.(bytes, valueOf(DATA, bytes, start, end), end, isWhole);
        return;
      case ID[0]:
        if (isWhole && isField(ID, bytes, start, end)) this.cursor.takeId(bytes, valueOf(ID, bytes, start, end), end);
        return;
      case RETRY[0]:
        if (isField(RETRY, bytes, start, end)) this.#takeRetry(bytes, valueOf(RETRY, bytes, start, end), end);
        return;
      default:
        this.otherLine?.(bytes, start, end);
    }
  }

  /** The value of a `data:` line, for who wants to look at it. */
  protected data?(bytes: Buffer, start: number, end: number, isWhole: boolean): void;

  /** A line that is neither data nor moves the cursor. */
  protected otherLine?(bytes: Buffer, start: number, end: number): void;

  /** An event is complete. */
  protected event?(): void;

  /** An empty line, after an event or after none. */
  protected blockEnded?(): void;

  #takeRetry(bytes: Buffer, start: number, end: number): void {
    let value = 0;
    for (let at = start; at < end; at++) {
      const digit = (bytes[at] ?? 0) - 48;
      if (digit < 0 || digit > 9) return;
      value = Math.min(value * 10 + digit, MAX_RETRY);
    }
    if (end > start) this.cursor.takeRetry(value);
  }
}

/** Whether the line is the name alone, or goes on with a colon. */
function isField(name: Buffer, bytes: Buffer, start: number, end: number): boolean {
  const after = start + name.length;
  if (after > end || (after < end && bytes[after] !== COLON)) return false;
  for (let at = 1; at < name.length; at++) if (bytes[start + at] !== name[at]) return false;
  return true;
}

function valueOf(name: Buffer, bytes: Buffer, start: number, end: number): number {
  const value = start + name.length + 1;
  if (value >= end) return end;
  return bytes[value] === SPACE ? value + 1 : value;
}
