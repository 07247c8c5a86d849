import { connect, type Socket, type TcpSocketConnectOpts } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { type PreparedRequest } from '../opening/stream-request.js';
import { type Visitor } from '../returning/visitor.js';
import { type BodyCounter } from './event-counter.js';
import { type EventReader } from './event-reader.js';
import { type ResponseHead } from './response-head.js';
import { ResponseError, ResponseReader, type ResponseSink } from './response-reader.js';

/** One for all sockets of the process: what it holds is read before the next socket gets its turn. */
const readBuffer = Buffer.allocUnsafeSlow(65_536);
const MAX_REFUSAL_BYTES = 4_096;
/** Until the head says what the body is. */
const uncounted: BodyCounter = { read: () => 0 };

/** `opening` until the head of the answer is there. */
export type StreamState = 'opening' | 'open' | 'refused' | 'closed';

/**
 * How a stream came to its end: `refused` by an answer that is no event stream, `failed` before any answer, `ended`
 * by the server in good order, `dropped` in the middle (reset, or closed without the end of the body), `cut` by us.
 */
export type StreamEnd = 'refused' | 'failed' | 'ended' | 'dropped' | 'cut';

/**
 * How streams are cut: `destroy` closes the socket at once, `reset` with a RST, as when a process is killed with data
 * unread, `end` says goodbye with a FIN and waits for the server to close.
 */
export type CutMode = 'destroy' | 'reset' | 'end';

/** Who watches over a stream. One object for all streams of a load. */
export interface StreamObserver {
  /** What counts the events in the body of this answer. */
  counterFor(stream: StreamSocket, head: ResponseHead): BodyCounter;
  onHead(stream: StreamSocket, head: ResponseHead): void;
  /** Bytes arrived, and they completed so many events. */
  onRead(stream: StreamSocket, bytes: number, events: number): void;
  onClose(stream: StreamSocket, end: StreamEnd): void;
}

export interface StreamSocketOptions {
  request: PreparedRequest;
  localAddress?: string;
  /** Where the events of the stream go; without it they are only counted, which is far cheaper. */
  events?: EventReader;
  /** Whose stream it is, if he comes back. */
  visitor?: Visitor;
}

/** One event stream on a plain socket: a whole HTTP agent for each of 10,000 of them would be too heavy. */
export class StreamSocket implements ResponseSink {
  state: StreamState = 'opening';
  /** How it ended, once it has. */
  end?: StreamEnd;
  head?: ResponseHead;
  receivedEvents = 0;
  /** Those of the head and of the chunk frames included. */
  receivedBytes = 0;
  /** Why it failed or was dropped: `ECONNREFUSED`, `ECONNRESET`, `EMFILE`, `PROTOCOL`, …; `CLOSED` where the server closed. */
  errorCode?: string;
  /** The first bytes of the body of a refusal. */
  refusal = '';
  readonly visitor?: Visitor;

  readonly #socket: Socket;
  readonly #reader: ResponseReader;
  readonly #events?: EventReader;
  #counter: BodyCounter = uncounted;
  #eventsOfRead = 0;
  #isComplete = false;
  #isCut = false;

  constructor(
    readonly index: number,
    private readonly observer: StreamObserver,
    { request, localAddress, events, visitor }: StreamSocketOptions,
  ) {
    this.visitor = visitor;
    this.#events = events;
    this.#reader = new ResponseReader(this, request.method);
    this.#socket = request.isSecure ? this.#connectTls(request, localAddress) : this.#connect(request, localAddress);
    this.#socket.once('end', () => this.#reader.close());
    this.#socket.once('error', (error: NodeJS.ErrnoException) => (this.errorCode ??= error.code ?? error.message));
    this.#socket.once('close', () => this.#closed());
  }

  /** Reads nothing any more, so that the buffers between the server and here fill up. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  cut(mode: CutMode = 'destroy'): void {
    if (this.state === 'closed') return;
    this.#isCut = true;
    if (mode === 'end') {
      this.#socket.end();
      // Who does not read does not see the server's goodbye either.
      this.#socket.resume();
    } else if (mode === 'reset') this.#socket.resetAndDestroy();
    else this.#socket.destroy();
  }

  /** Gives the stream up, as failed or dropped for this reason. */
  fail(code: string): void {
    this.errorCode ??= code;
    this.#isComplete = false;
    this.#socket.destroy();
  }

  /** Events of bytes that came before were completed, by a decoder that needs its time. */
  countLater(events: number): void {
    this.receivedEvents += events;
    this.observer.onRead(this, 0, events);
  }

  /** @internal */
  onHead(head: ResponseHead): void {
    this.head = head;
    this.state = head.isEventStream ? 'open' : 'refused';
    if (head.isEventStream) this.#counter = this.observer.counterFor(this, head);
    this.observer.onHead(this, head);
  }

  /** @internal */
  onBody(bytes: Buffer, start: number, end: number): void {
    if (this.state === 'open') {
      this.#eventsOfRead += this.#counter.read(bytes, start, end);
      this.#events?.read(bytes, start, end);
    } else if (this.refusal.length < MAX_REFUSAL_BYTES) {
      this.refusal += bytes.toString('utf8', start, Math.min(end, start + MAX_REFUSAL_BYTES));
      // It may be a page without an end.
      if (this.refusal.length >= MAX_REFUSAL_BYTES) this.#socket.destroy();
    }
  }

  /** @internal */
  onEnd(): void {
    this.#isComplete = true;
    // The connection may be kept alive by the server, and nothing more is asked on it.
    this.#socket.destroy();
  }

  #connect({ host, port, text }: PreparedRequest, localAddress?: string): Socket {
    const socket = connect({
      host,
      port,
      localAddress,
      onread: { buffer: readBuffer, callback: (length) => this.#read(readBuffer, length) },
    });
    return socket.once('connect', () => socket.write(text));
  }

  /** Node reads into one buffer for all from plain sockets only. */
  #connectTls({ host, port, text, serverName }: PreparedRequest, localAddress?: string): Socket {
    const options: ConnectionOptions & TcpSocketConnectOpts = {
      host,
      port,
      localAddress,
      servername: serverName,
      ALPNProtocols: ['http/1.1'],
    };
    const socket = connectTls(options);
    socket.on('data', (bytes: Buffer) => this.#read(bytes, bytes.length));
    return socket.once('secureConnect', () => socket.write(text));
  }

  #read(bytes: Buffer, length: number): boolean {
    this.#eventsOfRead = 0;
    try {
      this.#reader.read(bytes, length);
    } catch (error) {
      if (!(error instanceof ResponseError)) throw error;
      this.fail(error.code);
    }
    this.receivedBytes += length;
    this.receivedEvents += this.#eventsOfRead;
    this.observer.onRead(this, length, this.#eventsOfRead);
    return true;
  }

  #closed(): void {
    // What a decoder still has to say belongs to the stream, unless nobody listens any more.
    if (this.#counter.end && !this.#isCut) this.#counter.end(() => this.#finish());
    else this.#finish();
    if (this.#isCut) this.#counter.destroy?.();
  }

  #finish(): void {
    const end = this.#endOf(this.state);
    if (end === 'failed' || end === 'dropped') this.errorCode ??= 'CLOSED';
    this.end = end;
    this.state = 'closed';
    this.observer.onClose(this, end);
  }

  #endOf(state: StreamState): StreamEnd {
    if (state === 'refused') return 'refused';
    if (this.#isCut) return 'cut';
    if (this.#isComplete) return 'ended';
    return state === 'open' ? 'dropped' : 'failed';
  }
}
