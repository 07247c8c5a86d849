import { connect, type Socket } from 'node:net';
import { type BodyCounter, EventCounter } from './event-counter.js';
import { type EventReader } from './event-reader.js';
import { type ResponseHead } from './response-head.js';
import { ResponseError, ResponseReader, type ResponseSink } from './response-reader.js';
import { type PreparedRequest } from '../opening/stream-request.js';

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
  onHead(stream: StreamSocket, head: ResponseHead): void;
  /** Bytes arrived, and they completed so many events. */
  onRead(stream: StreamSocket, bytes: number, events: number): void;
  onClose(stream: StreamSocket, end: StreamEnd): void;
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

  readonly #socket: Socket;
  readonly #reader: ResponseReader;
  #counter: BodyCounter = uncounted;
  #eventsOfRead = 0;
  #isComplete = false;
  #isCut = false;

  /**
   * @param events where the events of the stream go; without it they are only counted, which is far cheaper
   * @param counterFor what counts the events in the body of such an answer
   */
  constructor(
    readonly index: number,
    request: PreparedRequest,
    private readonly observer: StreamObserver,
    private readonly events?: EventReader,
    localAddress?: string,
    private readonly counterFor: (head: ResponseHead) => BodyCounter = () => new EventCounter(),
  ) {
    this.#reader = new ResponseReader(this, request.method);
    this.#socket = connect({
      host: request.host,
      port: request.port,
      localAddress,
      onread: { buffer: readBuffer, callback: (length) => this.#read(length) },
    });
    this.#socket.once('connect', () => this.#socket.write(request.text));
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

  /** @internal */
  onHead(head: ResponseHead): void {
    this.head = head;
    this.state = head.isEventStream ? 'open' : 'refused';
    if (head.isEventStream) this.#counter = this.counterFor(head);
    this.observer.onHead(this, head);
  }

  /** @internal */
  onBody(bytes: Buffer, start: number, end: number): void {
    if (this.state === 'open') {
      this.#eventsOfRead += this.#counter.read(bytes, start, end);
      this.events?.read(bytes, start, end);
    } else if (this.refusal.length < MAX_REFUSAL_BYTES) {
      this.refusal += bytes.toString('utf8', start, end);
    }
  }

  /** @internal */
  onEnd(): void {
    this.#isComplete = true;
    // The connection may be kept alive by the server, and nothing more is asked on it.
    this.#socket.destroy();
  }

  #read(length: number): boolean {
    this.#eventsOfRead = 0;
    try {
      this.#reader.read(readBuffer, length);
    } catch (error) {
      if (!(error instanceof ResponseError)) throw error;
      this.errorCode = error.code;
      this.#isComplete = false;
      this.#socket.destroy();
    }
    this.receivedBytes += length;
    this.receivedEvents += this.#eventsOfRead;
    this.observer.onRead(this, length, this.#eventsOfRead);
    return true;
  }

  #closed(): void {
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
