import { createParser, type EventSourceMessage, type EventSourceParser } from 'eventsource-parser';
import { connect, type Socket } from 'node:net';
import { type ResponseHead } from '../../apps/loadtest/src/reading/response-head.js';
import { ResponseReader, type ResponseSink } from '../../apps/loadtest/src/reading/response-reader.js';
import { type LoadBalancer } from './load-balancer.js';

/** A farewell that a client has heard. */
export interface HeardFarewell {
  /** After how many milliseconds it is to be back. */
  readonly retry: number;
  /** The port of the node that it came from. */
  readonly port: number;
}

/**
 * A client that does what EventSource does, and of which there may be thousands: it comes back after the time that it was
 * last told, wherever the balancer sends it, with the id of the last event. It expects the numbers from 0, each once.
 */
export class ReturningClient {
  /** The number that is next. */
  due = 0;
  /** What came in place of the number that was due, or beside the numbers. */
  readonly wrong: string[] = [];
  readonly farewells: HeardFarewell[] = [];
  private retry = 3_000;
  private lastEventId: string | undefined;
  private attempt: Attempt | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;

  constructor(
    readonly user: string,
    private readonly path: string,
    private readonly balancer: LoadBalancer,
  ) {}

  get isOpen(): boolean {
    return this.attempt?.isOpen ?? false;
  }

  /** The port of the node that it is at, if it is at one. */
  get port(): number | undefined {
    return this.attempt?.port;
  }

  readonly connect = (): void => {
    const port = this.balancer.take();
    if (port === undefined) {
      this.comeBack();
      return;
    }
    const headers = ['Host: 127.0.0.1', 'Accept: text/event-stream', 'User-Agent: Mozilla/5.0', `X-User: ${this.user}`];
    if (this.lastEventId !== undefined) headers.push(`Last-Event-ID: ${this.lastEventId}`);
    this.attempt = new Attempt(port, `GET ${this.path} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`, {
      event: (event) => this.take(event, port),
      retry: (time) => (this.retry = time),
      closed: () => {
        this.balancer.release(port);
        this.attempt = undefined;
        this.comeBack();
      },
    });
  };

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
    this.attempt?.destroy();
  }

  private comeBack(): void {
    if (!this.isStopped) this.timer = setTimeout(this.connect, this.retry);
  }

  private take({ event, data, id }: EventSourceMessage, port: number): void {
    if (id !== undefined) this.lastEventId = id;
    if (event === 'sse:closing') this.farewells.push({ retry: this.retry, port });
    else if (event === undefined && data === String(this.due)) this.due++;
    else this.wrong.push(`${event ?? 'message'} ${data} in place of ${this.due}`);
  }
}

interface AttemptObserver {
  event(event: EventSourceMessage): void;
  retry(time: number): void;
  closed(): void;
}

/** One connection, from its request to its end. */
class Attempt implements ResponseSink {
  isOpen = false;
  private readonly socket: Socket;
  private readonly reader = new ResponseReader(this);
  private readonly decoder = new TextDecoder();
  private readonly parser: EventSourceParser;

  constructor(
    readonly port: number,
    request: string,
    { event, retry, closed }: AttemptObserver,
  ) {
    this.parser = createParser({ onEvent: event, onRetry: retry });
    this.socket = connect(port, '127.0.0.1');
    this.socket.once('connect', () => this.socket.write(request));
    this.socket.on('data', (bytes) => this.reader.read(bytes));
    this.socket.on('error', () => undefined);
    this.socket.once('close', () => {
      this.isOpen = false;
      closed();
    });
  }

  destroy(): void {
    this.socket.destroy();
  }

  onHead(head: ResponseHead): void {
    this.isOpen = head.isEventStream;
  }

  onBody(bytes: Buffer, start: number, end: number): void {
    if (this.isOpen) this.parser.feed(this.decoder.decode(bytes.subarray(start, end), { stream: true }));
  }

  onEnd(): void {
    this.isOpen = false;
    this.socket.destroy();
  }
}
