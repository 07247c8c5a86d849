import { endpointOf, type ListeningApplication } from './base-url.js';
import { type SseTestEvent } from './event-reader.js';
import { sendRequest, type SseTestInit, type SseTestResponse } from './http-request.js';
import { sendHttp2Request } from './http2-request.js';
import { ReceivedStream, type SseTestEnd } from './received-stream.js';
import { encodeBody, isStream } from './request-body.js';
import { SseTestClientError } from './sse-test-client-error.js';

/** How long a test waits. */
export interface WaitOptions {
  /** In ms of real time, whatever fake timers say. Default: 4,000. */
  timeout?: number;
}

/** What `next()` and `take()` wait for. */
export interface NextOptions extends WaitOptions {
  /** The type that the event must have; another one is a failure. Default: any. */
  type?: string;
}

/** The type of an event, or what is true of it. */
export type EventMatch = string | ((event: SseTestEvent) => boolean);

/** Sends the request once more, from this cursor on. */
type Reopen = (lastEventId: string | undefined) => Promise<SseTestClient>;

/** Less than the patience of Jest and Vitest, 5,000 ms: else their message would be all that one sees. */
const DEFAULT_TIMEOUT = 4_000;

/**
 * A client of one event stream, for tests. It reads whatever comes at once and keeps it until the test asks, so that
 * nothing depends on who is faster. It reconnects only when it is told to.
 *
 * @example
 * const client = await SseTestClient.open(app, '/rooms/lobby/events');
 * await broadcaster.toChannel('room.lobby', { type: 'message', data: { text: 'hi' } });
 * const event = await client.next({ type: 'message' });
 * expect(event.json()).toEqual({ text: 'hi' });
 * await client.close();
 */
export class SseTestClient implements AsyncIterable<SseTestEvent> {
  /** The comments seen so far, heartbeats among them. */
  readonly comments: readonly string[];
  /** Resolves with the way in which the stream ended; never rejects. */
  readonly closed: Promise<SseTestEnd>;

  private readonly stream: ReceivedStream;
  private commentsTaken = 0;

  private constructor(
    /** The answer, as it came from the HTTP client. */
    readonly response: SseTestResponse,
    private readonly reopen?: Reopen,
  ) {
    this.stream = new ReceivedStream(response);
    this.comments = this.stream.comments;
    this.closed = this.stream.closed;
  }

  /**
   * Opens a stream and resolves as soon as the head of the answer is there, whatever its status: a refusal is for the
   * test to look at, in `status`, `headers` and `text()`.
   *
   * @param target an application, which is made to listen on a free port of 127.0.0.1 where it does not listen yet, or
   * the base URL of a server. An application with HTTP/2 or TLS is spoken to in that way, and its certificate is not
   * verified; that of a URL is
   * @param path relative to the base URL, with its query
   * @throws what the socket throws when there is no answer at all
   *
   * @example
   * const answer = await SseTestClient.open(app, '/answer', { method: 'POST', body: { question: 'why?' } });
   * expect(answer.status).toBe(200);
   * for await (const { data } of answer) tokens.push(data);
   *
   * @example
   * const resumed = await SseTestClient.open(url, '/feed', { headers: { 'last-event-id': earlier.lastEventId } });
   */
  static async open(
    target: ListeningApplication | URL | string,
    path = '',
    init: SseTestInit = {},
  ): Promise<SseTestClient> {
    const { base, http2, verify } = await endpointOf(target);
    const body = await encodeBody(init.body);
    const send = (init.http2 ?? http2) ? sendHttp2Request : sendRequest;
    return new SseTestClient(await send({ ...init, url: new URL(path, base), body, verify }), (lastEventId) => {
      if (isStream(body.content))
        throw new TypeError('reconnect() sends the body once more, which a stream does not allow: use text or bytes.');
      return SseTestClient.open(target, path, { ...init, headers: resumed(init.headers, lastEventId) });
    });
  }

  /**
   * Reads an answer that another HTTP client has received: through a proxy, from inside a test double.
   *
   * @example
   * const controller = new AbortController();
   * const response = await fetch(url, { signal: controller.signal });
   * const client = SseTestClient.from({
   *   status: response.status, headers: response.headers, body: response.body!, abort: () => controller.abort(),
   * });
   */
  static from(response: SseTestResponse): SseTestClient {
    return new SseTestClient(response);
  }

  /** The status of the answer. */
  get status(): number {
    return this.response.status;
  }

  /** The headers of the answer. */
  get headers(): Headers {
    return this.response.headers;
  }

  /** The id that a browser would send back as `Last-Event-ID` now; empty before the first. */
  get lastEventId(): string {
    return this.stream.lastEventId ?? '';
  }

  /** The reconnection time last told by the server, in ms. */
  get retry(): number | undefined {
    return this.stream.retry;
  }

  /**
   * The next event that was not handed out yet.
   *
   * @throws {@link SseTestClientError} when none comes in time, when it is of another type than the expected one, when
   * the stream ended, or when the answer is no event stream; the message says which, and lists what came
   *
   * @example
   * const { id, data } = await client.next({ timeout: 1_000, type: 'price' });
   */
  async next({ type, timeout = DEFAULT_TIMEOUT }: NextOptions = {}): Promise<SseTestEvent> {
    const event = await this.stream.until(() => this.stream.events.shift(), timeout);
    const expected = type === undefined ? 'Expected an event' : `Expected an event of type "${type}"`;
    if (!event) throw new SseTestClientError(`${expected}, but ${this.stream.whatCame(timeout)}`);
    if (type !== undefined && event.type !== type) {
      throw new SseTestClientError(
        `${expected}, but got "${event.type}" with the data ${event.data}${this.stream.soFar()}`,
      );
    }
    return event;
  }

  /**
   * The next `count` events, in order; `timeout` holds for each.
   *
   * @throws as {@link next}
   *
   * @example
   * const types = (await client.take(3)).map((event) => event.type);
   */
  async take(count: number, options?: NextOptions): Promise<SseTestEvent[]> {
    const events: SseTestEvent[] = [];
    while (events.length < count) events.push(await this.next(options));
    return events;
  }

  /**
   * The next event of a type, or of which something is true. Those before it are skipped.
   *
   * @throws as {@link next}
   *
   * @example
   * const done = await client.waitFor('done');
   * const dear = await client.waitFor((event) => event.type === 'price' && event.json<Price>().amount > 100);
   */
  async waitFor(match: EventMatch, { timeout = DEFAULT_TIMEOUT }: WaitOptions = {}): Promise<SseTestEvent> {
    const { events } = this.stream;
    const event = await this.stream.until(() => {
      for (let next = events.shift(); next; next = events.shift()) if (matches(next, match)) return next;
      return undefined;
    }, timeout);
    if (event) return event;
    const expected = typeof match === 'string' ? `an event of type "${match}"` : 'an event that fits';
    throw new SseTestClientError(`Waited for ${expected}, but ${this.stream.whatCame(timeout)}`);
  }

  /**
   * The next comment that was not handed out yet: the text of a heartbeat is empty.
   *
   * @throws as {@link next}
   *
   * @example
   * await advanceTime(app, 31_000);
   * expect(await client.nextComment()).toBe('');
   */
  async nextComment({ timeout = DEFAULT_TIMEOUT }: WaitOptions = {}): Promise<string> {
    const comment = await this.stream.until(() => this.comments[this.commentsTaken], timeout);
    if (comment === undefined) throw new SseTestClientError(`Expected a comment, but ${this.stream.whatCame(timeout)}`);
    this.commentsTaken++;
    return comment;
  }

  /**
   * Waits until the stream has ended and resolves with the events that nobody has asked for.
   *
   * @throws {@link SseTestClientError} when the stream is still open after `timeout` ms
   *
   * @example
   * await app.close();
   * expect((await client.untilClosed()).at(-1)?.type).toBe('sse:closing');
   */
  async untilClosed({ timeout = DEFAULT_TIMEOUT }: WaitOptions = {}): Promise<SseTestEvent[]> {
    if (!(await this.stream.until(() => this.stream.end, timeout))) {
      throw new SseTestClientError(
        `Expected the end of the stream, but it is still open after ${timeout} ms${this.stream.soFar()}`,
      );
    }
    return this.stream.events.splice(0);
  }

  /**
   * The whole body as text, once it has ended. For a refusal, its message; for a stream, what was on the wire.
   *
   * @example
   * expect(JSON.parse(await refused.text())).toMatchObject({ statusCode: 403 });
   */
  async text(): Promise<string> {
    await this.closed;
    return this.stream.text();
  }

  /**
   * Cuts the connection, as a browser does when its tab is closed, and resolves when it is gone.
   *
   * @example
   * afterEach(() => client.close());
   */
  async close(): Promise<SseTestEnd> {
    this.stream.close();
    return this.closed;
  }

  /**
   * Sends the same request once more, with the `Last-Event-ID` that a browser would send, and resolves with a client of the
   * new stream. A stream that is still open is closed first. It comes back at once, whatever `retry` says, and also where a
   * browser would not: after a 204 or an error.
   *
   * @throws TypeError if the client was made by {@link from}, or the body of the request was a stream
   *
   * @example
   * await client.close();
   * await broadcaster.toChannel('news', { data: 'missed' });
   * const again = await client.reconnect();
   * expect((await again.next()).data).toBe('missed');
   */
  async reconnect(): Promise<SseTestClient> {
    if (!this.reopen)
      throw new TypeError('reconnect() needs a client made by SseTestClient.open(), which knows the request.');
    await this.close();
    return this.reopen(this.stream.lastEventId);
  }

  /**
   * The events that come, until the server ends the stream. Leaving the loop closes the connection; use
   * {@link take} to go on reading afterwards.
   *
   * @throws {@link SseTestClientError} when the connection is cut
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<SseTestEvent, void, void> {
    const { stream } = this;
    try {
      for (;;) {
        const event = await stream.until(() => stream.events.shift());
        if (!event) break;
        yield event;
      }
      if (stream.end === 'cut') {
        throw new SseTestClientError(`The connection was cut before the stream had ended${stream.soFar()}`);
      }
    } finally {
      await this.close();
    }
  }
}

export function matches(event: SseTestEvent, match: EventMatch): boolean {
  return typeof match === 'string' ? event.type === match : match(event);
}

/** A stream that told no id has left the cursor where it was; an empty one takes it away. */
function resumed(headers: SseTestInit['headers'], lastEventId: string | undefined): SseTestInit['headers'] {
  if (lastEventId === undefined) return headers;
  const others = Object.entries(headers ?? {}).filter(([name]) => name.toLowerCase() !== 'last-event-id');
  return { ...Object.fromEntries(others), 'last-event-id': lastEventId === '' ? undefined : lastEventId };
}
