import { constants, gunzipSync } from 'node:zlib';
import { type BodyCounter } from '../../apps/loadtest/src/reading/event-counter.js';
import { EventReader } from '../../apps/loadtest/src/reading/event-reader.js';
import { chatMessage, type ChatMessage } from '../chat-message.js';

/**
 * What a gzip body has become so far, wholly inflated and each event looked at. Bodies that were sent the same bytes share
 * one: so every byte of 5,000 streams is vouched for, and as many as are alike cost as much as one.
 */
export class GzipPrefix {
  /** Held by the streams that have come so far, and by nothing else. */
  readonly #next = new Map<string, WeakRef<GzipPrefix>>();

  private constructor(
    private readonly bytes: Buffer,
    readonly events: number,
  ) {}

  static nothing(): GzipPrefix {
    return new GzipPrefix(Buffer.alloc(0), 0);
  }

  followedBy(piece: Buffer): GzipPrefix {
    const key = piece.toString('latin1');
    const known = this.#next.get(key)?.deref();
    if (known) return known;
    const bytes = Buffer.concat([this.bytes, piece]);
    const prefix = new GzipPrefix(bytes, countExpected(inflated(bytes)));
    this.#next.set(key, new WeakRef(prefix));
    return prefix;
  }
}

/** Counts the events of one gzip stream. It must be given all that the server publishes, in order. */
export class GzipCounter implements BodyCounter {
  constructor(private prefix: GzipPrefix) {}

  read(bytes: Buffer, start: number, end: number): number {
    const { events } = this.prefix;
    this.prefix = this.prefix.followedBy(bytes.subarray(start, end));
    return this.prefix.events - events;
  }
}

/** As far as it can be: the body has no end yet. */
function inflated(bytes: Buffer): Buffer {
  return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
}

/** A window that is not the encoder's gives another text and no error, so the text is compared. */
function countExpected(text: Buffer): number {
  let events = 0;
  const reader = new EventReader(({ data }) => {
    events++;
    const is = JSON.parse(data) as ChatMessage;
    const due = chatMessage(events);
    if (is.text !== due.text || is.author !== due.author) throw new Error(`Event ${events} was inflated to ${data}`);
  });
  reader.read(text, 0, text.length);
  return events;
}
