/** What EventSource waits before it comes back, where no server has said otherwise. */
const DEFAULT_RETRY = 3_000;
/** Far beyond any id that a server has a use for: the header that takes it back must fit into its limits. */
const MAX_ID_BYTES = 1_024;

/**
 * What EventSource remembers from one connection to the next: the id of the last event and the time after which it comes
 * back. An id is kept as the bytes that came, and becomes a string when one is asked for: at a reconnect, and not ten
 * thousand times a second.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export class Cursor {
  /** Milliseconds. */
  retry = DEFAULT_RETRY;

  #saidRetry = false;
  #saidMore = false;
  #id: Buffer | undefined;
  #idLength = 0;
  /** The id of a block that has not ended. */
  #pending: Buffer | undefined;
  #pendingLength = -1;

  get lastEventId(): string {
    return this.#id?.toString('utf8', 0, this.#idLength) ?? '';
  }

  /** Whether the last stream said when to come back and nothing else: a refusal to a browser's EventSource. */
  get wasTurnedAway(): boolean {
    return this.#saidRetry && !this.#saidMore;
  }

  /** The value of a `retry:` line. */
  takeRetry(milliseconds: number): void {
    this.retry = milliseconds;
    this.#saidRetry = true;
  }

  /** A line that says anything else. */
  hearMore(): void {
    this.#saidMore = true;
  }

  /** The value of an `id:` line. One with a NUL is ignored, as the specification has it. */
  takeId(bytes: Buffer, start: number, end: number): void {
    const length = end - start;
    if (length > MAX_ID_BYTES) return;
    // Loops, since an id is short: `includes`, `copy` and `subarray` cost more than its bytes.
    for (let at = start; at < end; at++) if (bytes[at] === 0) return;
    if (this.#pending === undefined || this.#pending.length < length)
      this.#pending = Buffer.alloc(Math.max(32, length));
    const pending = this.#pending;
    for (let at = 0; at < length; at++) pending[at] = bytes[start + at] ?? 0;
    this.#pendingLength = length;
  }

  /** The empty line at the end of a block: from here on its id counts, also that of a block without data. */
  endBlock(): void {
    if (this.#pendingLength === -1) return;
    const spare = this.#id;
    this.#id = this.#pending;
    this.#idLength = this.#pendingLength;
    this.#pending = spare;
    this.#pendingLength = -1;
  }

  /** A stream begins. A block that the one before did not end counts for nothing. */
  beginStream(): void {
    this.#pendingLength = -1;
    this.#saidRetry = false;
    this.#saidMore = false;
  }
}
