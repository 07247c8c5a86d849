import { EventReader, type SseTestEvent } from './event-reader.js';
import { type SseTestResponse } from './http-request.js';
import { clearRealTimeout, realNow, setRealTimeout } from './real-time.js';
import { shortened, Transcript } from './transcript.js';

/**
 * How a stream ended: `ended` by the server with a complete response, `cut` without one, `closed` by this client.
 */
export type SseTestEnd = 'ended' | 'cut' | 'closed';

interface Waiter {
  settle(): void;
}

/** What has come of an answer. It reads at once whatever comes, so that nothing depends on who is faster. */
export class ReceivedStream {
  /** Events that nobody has taken yet. */
  readonly events: SseTestEvent[] = [];
  readonly comments: string[] = [];
  /** The id that a browser would send back; `undefined` before any. */
  lastEventId: string | undefined;
  retry: number | undefined;
  end: SseTestEnd | undefined;
  /** Never rejects. */
  readonly closed: Promise<SseTestEnd>;

  private readonly transcript = new Transcript();
  private readonly chunks: Uint8Array[] = [];
  private readonly waiters = new Set<Waiter>();
  private closedByTest = false;

  constructor(private readonly response: SseTestResponse) {
    this.closed = this.pump();
  }

  close(): void {
    if (this.end) return;
    this.closedByTest = true;
    this.response.abort();
  }

  /** The body so far. */
  text(): string {
    return Buffer.concat(this.chunks).toString('utf8');
  }

  /** Waits for what the probe finds: `undefined` if it did not come in time, or can't come any more. */
  async until<T>(probe: () => T | undefined, timeout = Infinity): Promise<T | undefined> {
    const deadline = realNow() + timeout;
    for (;;) {
      const found = probe();
      if (found !== undefined || this.end !== undefined || realNow() >= deadline) return found;
      await this.somethingWithin(deadline - realNow());
    }
  }

  /** Why nothing more came within the time, in words that follow "but", and what had come until then. */
  whatCame(timeout: number): string {
    if (!isEventStream(this.response.headers)) {
      const type = this.response.headers.get('content-type') ?? 'no content type';
      const body = this.text();
      return `the answer was ${this.response.status} (${type})${body === '' ? '' : `: ${shortened(body, 1_000)}`}`;
    }
    return `${this.whyNoMore(timeout)}${this.soFar()}`;
  }

  /** Everything that came, in order and in short, on lines of its own. */
  soFar(): string {
    const lines = this.transcript.toString();
    return lines === '' ? '. Nothing had come before.' : `. What came on the stream:\n${lines}`;
  }

  private whyNoMore(timeout: number): string {
    switch (this.end) {
      case undefined:
        return `nothing more came within ${timeout} ms`;
      case 'ended':
        return 'the server ended the stream';
      case 'cut':
        return 'the connection was cut';
      case 'closed':
        return 'this client had closed the connection';
    }
  }

  private async pump(): Promise<SseTestEnd> {
    const reader = isEventStream(this.response.headers) ? this.createReader() : undefined;
    let end: SseTestEnd = 'ended';
    try {
      for await (const chunk of this.response.body) {
        this.chunks.push(chunk);
        reader?.read(chunk);
        this.wake();
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
        this.events.push(event);
        this.transcript.event(event);
      },
      onComment: (comment) => {
        this.comments.push(comment);
        this.transcript.comment(comment);
      },
      onRetry: (retry) => {
        this.retry = retry;
        this.transcript.retry(retry);
      },
      onId: (id) => (this.lastEventId = id),
    });
  }

  private wake(): void {
    for (const waiter of [...this.waiters]) waiter.settle();
  }

  private somethingWithin(timeout: number): Promise<void> {
    return new Promise((resolve) => {
      const waiter: Waiter = {
        settle: () => {
          clearRealTimeout(timer);
          this.waiters.delete(waiter);
          resolve();
        },
      };
      const timer = timeout === Infinity ? undefined : setRealTimeout(() => waiter.settle(), timeout);
      this.waiters.add(waiter);
    });
  }
}

export function isEventStream(headers: Headers): boolean {
  return (headers.get('content-type') ?? '').startsWith('text/event-stream');
}
