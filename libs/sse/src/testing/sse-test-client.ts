import { baseUrlOf, type ListeningApplication } from './base-url.js';
import { EventReader, type SseTestEvent } from './event-reader.js';
import { sendRequest, type SseTestInit, type SseTestResponse } from './http-request.js';
import { SseTestClientError } from './sse-test-client-error.js';

/**
 * How a stream ended: `ended` by the server with a complete response, `cut` without one, `closed` by this client.
 */
export type SseTestEnd = 'ended' | 'cut' | 'closed';

/** What `next()` and `take()` wait for. */
export interface NextOptions {
  /** How long to wait for an event, in ms. Default: 5,000. */
  timeout?: number;
  /** The type that the event must have; another one is a failure. Default: any. */
  type?: string;
}

interface Waiter {
  settle(): void;
}

const DEFAULT_TIMEOUT = 5_000;

/**
 * A client of one event stream, for tests. It reads whatever comes at once and keeps it until the test asks, so that
 * nothing depends on who is faster. It never reconnects.
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
  readonly comments: string[] = [];
  /** Resolves with the way in which the stream ended; never rejects. */
  readonly closed: Promise<SseTestEnd>;

  private readonly queue: SseTestEvent[] = [];
  private readonly waiters = new Set<Waiter>();
  private readonly chunks: Uint8Array[] = [];
  private closedByTest = false;
  private end: SseTestEnd | undefined;
  private lastId = '';
  private lastRetry: number | undefined;

  private constructor(
    /** The answer, as it came from the HTTP client. */
    readonly response: SseTestResponse,
  ) {
    this.closed = this.pump();
  }

  /**
   * Opens a stream and resolves as soon as the head of the answer is there, whatever its status: a refusal is for the
   * test to look at, in `status`, `headers` and `text()`.
   *
   * @param target an application, which is made to listen on a free port of 127.0.0.1 where it does not listen yet, or
   * the base URL of a server
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
    const url = new URL(path, await baseUrlOf(target));
    return SseTestClient.from(await sendRequest(url, init));
  }

  /**
   * Reads an answer that another HTTP client has received: over HTTP/2, through a proxy, from inside a test double.
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
    return this.lastId;
  }

  /** The reconnection time last told by the server, in ms. */
  get retry(): number | undefined {
    return this.lastRetry;
  }

  /**
   * The next event that was not handed out yet.
   *
   * @throws {@link SseTestClientError} when none comes in time, when it is of another type than the expected one, when
   * the stream ended, or when the answer is no event stream; the message says which, and what came
   *
   * @example
   * const { id, data } = await client.next({ timeout: 1_000, type: 'price' });
   */
  async next(options: NextOptions = {}): Promise<SseTestEvent> {
    const { type, timeout = DEFAULT_TIMEOUT } = options;
    const deadline = performance.now() + timeout;
    while (!this.queue.length && !this.end && performance.now() < deadline) {
      await this.somethingWithin(deadline - performance.now());
    }
    const event = this.queue.shift();
    const expected = type === undefined ? 'Expected an event' : `Expected an event of type "${type}"`;
    if (!event) throw new SseTestClientError(`${expected}, but ${this.whatCameInstead(timeout)}`);
    if (type !== undefined && event.type !== type) {
      throw new SseTestClientError(`${expected}, but got "${event.type}" with the data ${event.data}`);
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
   * Waits until the stream has ended and resolves with the events that nobody has asked for.
   *
   * @throws {@link SseTestClientError} when the stream is still open after `timeout` ms
   *
   * @example
   * await app.close();
   * expect((await client.untilClosed()).at(-1)?.type).toBe('sse:closing');
   */
  async untilClosed({ timeout = DEFAULT_TIMEOUT }: { timeout?: number } = {}): Promise<SseTestEvent[]> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), timeout)));
    const end = await Promise.race([this.closed, late]);
    clearTimeout(timer);
    if (!end) {
      throw new SseTestClientError(`Expected the end of the stream, but it is still open after ${timeout} ms`);
    }
    return this.queue.splice(0);
  }

  /**
   * The whole body as text, once it has ended. For a refusal, its message; for a stream, what was on the wire.
   *
   * @example
   * expect(JSON.parse(await refused.text())).toMatchObject({ statusCode: 403 });
   */
  async text(): Promise<string> {
    await this.closed;
    return this.received();
  }

  /**
   * Cuts the connection, as a browser does when its tab is closed, and resolves when it is gone.
   *
   * @example
   * afterEach(() => client.close());
   */
  async close(): Promise<SseTestEnd> {
    if (!this.end) {
      this.closedByTest = true;
      this.response.abort();
    }
    return this.closed;
  }

  /**
   * The events that come, until the server ends the stream. Leaving the loop closes the connection; use
   * {@link take} to go on reading afterwards.
   *
   * @throws {@link SseTestClientError} when the connection is cut
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<SseTestEvent, void, void> {
    try {
      for (;;) {
        if (!this.queue.length && !this.end) await this.somethingWithin();
        const event = this.queue.shift();
        if (event) yield event;
        else if (this.end) break;
      }
      if (this.end === 'cut') throw new SseTestClientError('The connection was cut before the stream had ended');
    } finally {
      await this.close();
    }
  }

  private async pump(): Promise<SseTestEnd> {
    const reader = this.isEventStream() ? this.createReader() : undefined;
    let end: SseTestEnd = 'ended';
    try {
      for await (const chunk of this.response.body) {
        this.chunks.push(chunk);
        reader?.read(chunk);
      }
    } catch {
      end = 'cut';
    }
    this.end = this.closedByTest ? 'closed' : end;
    this.wake();
    return this.end;
  }

  private createReader(): EventReader {
    return new EventReader({
      onEvent: (event) => {
        this.queue.push(event);
        this.wake();
      },
      onComment: (comment) => this.comments.push(comment),
      onRetry: (retry) => (this.lastRetry = retry),
      onId: (id) => (this.lastId = id),
    });
  }

  private isEventStream(): boolean {
    return (this.headers.get('content-type') ?? '').startsWith('text/event-stream');
  }

  private received(): string {
    return Buffer.concat(this.chunks).toString('utf8');
  }

  private wake(): void {
    for (const waiter of [...this.waiters]) waiter.settle();
  }

  private somethingWithin(timeout?: number): Promise<void> {
    return new Promise((resolve) => {
      const waiter: Waiter = {
        settle: () => {
          clearTimeout(timer);
          this.waiters.delete(waiter);
          resolve();
        },
      };
      const timer = timeout === undefined ? undefined : setTimeout(() => waiter.settle(), timeout);
      this.waiters.add(waiter);
    });
  }

  private whatCameInstead(timeout: number): string {
    const comments = this.comments.length ? ` after ${this.comments.length} comment(s)` : '';
    if (!this.isEventStream()) {
      const body = this.received();
      const type = this.headers.get('content-type') ?? 'no content type';
      return `the answer was ${this.status} (${type})${body === '' ? '' : `: ${body}`}`;
    }
    switch (this.end) {
      case undefined:
        return `nothing came within ${timeout} ms${comments}`;
      case 'ended':
        return `the server ended the stream${comments}`;
      case 'cut':
        return `the connection was cut${comments}`;
      case 'closed':
        return `this client had closed the connection${comments}`;
    }
  }
}
