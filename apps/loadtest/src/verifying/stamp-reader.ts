import { type Cursor } from '../returning/cursor.js';
import { CursorReader } from '../returning/cursor-reader.js';
import { type Stamp, type StampParser } from './stamp.js';

/** What an event may hold that is looked at; a line without an end takes no more memory than that. */
const MAX_TEXT = 262_144;
const CONTROL_EVENT = Buffer.from('event: sse:');

export interface StampReceiver {
  /** Bytes came, which the next events are in. */
  arrived(): void;
  /** An event came, with a stamp or without one. What the library says of the stream itself is left out. */
  event(stamp: Stamp | undefined): void;
}

/** Reads what the events of a stream say of their place in their channel, and moves the cursor. */
export class StampReader extends CursorReader {
  #text: string | undefined;
  #isControl = false;

  constructor(
    cursor: Cursor,
    private readonly parser: StampParser,
    private readonly receiver: StampReceiver,
  ) {
    super(cursor, MAX_TEXT);
  }

  override read(bytes: Buffer, start: number, end: number): number {
    this.receiver.arrived();
    return super.read(bytes, start, end);
  }

  protected override data(bytes: Buffer, start: number, end: number, isWhole: boolean): void {
    const room = MAX_TEXT - (this.#text?.length ?? 0);
    // Cut anywhere, JSON is no JSON any more: the event counts as one without a stamp.
    const line = isWhole ? bytes.toString('utf8', start, Math.min(end, start + room)) : '';
    this.#text = this.#text === undefined ? line : `${this.#text}\n${line}`;
  }

  protected override otherLine(bytes: Buffer, start: number, end: number): void {
    const length = CONTROL_EVENT.length;
    if (end - start >= length && bytes.compare(CONTROL_EVENT, 0, length, start, start + length) === 0) {
      this.#isControl = true;
    }
  }

  protected override event(): void {
    const text = this.#text ?? '';
    this.#text = undefined;
    if (!this.#isControl) this.receiver.event(this.parser.parse(text));
  }

  protected override blockEnded(): void {
    this.#isControl = false;
  }
}
