import { type EventSourceMessage } from 'eventsource-parser';
import { type BodyCounter } from './reading/event-counter.js';
import { EventReader } from './reading/event-reader.js';
import { type LoadCounts, noCounts } from './load-counts.js';
import { localAddressFor } from './opening/local-address.js';
import { Milestones } from './milestones.js';
import { openPaced } from './opening/paced-opening.js';
import { type ResponseHead } from './reading/response-head.js';
import { prepareRequest, type StreamRequest } from './opening/stream-request.js';
import { type CutMode, type StreamEnd, type StreamObserver, StreamSocket } from './reading/stream-socket.js';

export interface LoadOptions extends Omit<StreamRequest, 'headers'> {
  /** How many streams. Default 1,000. */
  connections?: number;
  /** ms between the opening of one and of the next. 0 opens as fast as the server answers. Default 10. */
  interval?: number;
  /** How many are being opened at once where `interval` is 0. Default 64. */
  concurrency?: number;
  /** Headers of the request, also by the index of the stream, so that each comes as its own user. */
  headers?: Record<string, string> | ((index: number) => Record<string, string>);
  /** Gets every event. Without it events are only counted, which is far cheaper. */
  onEvent?: (event: EventSourceMessage, stream: StreamSocket) => void;
  /** What counts the events of a stream, by the head of its answer. Default: plain text, so not a compressed one. */
  counterFor?: (head: ResponseHead) => BodyCounter;
  onClose?: (stream: StreamSocket, end: StreamEnd) => void;
}

/**
 * Opens many event streams, keeps count of what comes, and cuts them.
 *
 * @example
 * const load = new LoadEngine({ url: 'http://127.0.0.1:3000/events', connections: 5_000, interval: 0 });
 * await load.open();
 * await load.whenEvents(5_000);
 * await load.cut();
 */
export class LoadEngine implements StreamObserver {
  /** All that were begun, in the order of their index; one that is closed stays in its place. */
  readonly streams: StreamSocket[] = [];

  readonly #counts = noCounts();
  readonly #opening = new Map<StreamSocket, () => void>();
  readonly #stop = new AbortController();
  readonly #milestones = new Milestones();
  /** Sockets that are not closed yet, those of refusals included. */
  #sockets = 0;
  #closedWaiters: (() => void)[] = [];

  /** @throws {RequestError} when the URL or a header can't be sent */
  constructor(private readonly options: LoadOptions) {
    const { headers } = options;
    prepareRequest({ ...options, headers: typeof headers === 'function' ? {} : headers });
  }

  /**
   * Opens the streams and resolves when each is open, refused or failed: the counts tell. It never rejects; nothing is
   * tried twice. Called again, it opens as many once more; after `cut` none.
   */
  async open(connections = this.options.connections ?? 1_000): Promise<LoadCounts> {
    const { interval = 10, concurrency = 64 } = this.options;
    const request = this.#requests();
    await openPaced(connections, { interval, concurrency }, () => this.#begin(request), this.#stop.signal);
    return this.counts();
  }

  /** A copy of what was counted so far. */
  counts(): LoadCounts {
    const { refused, failed, dropped } = this.#counts;
    return { ...this.#counts, refused: { ...refused }, failed: { ...failed }, dropped: { ...dropped } };
  }

  /**
   * Resolves once so many events have arrived, on all streams together, since the beginning. Rejects when all streams
   * are closed before that.
   */
  whenEvents(events: number): Promise<void> {
    if (this.#counts.events >= events) return Promise.resolve();
    const reached = this.#milestones.wait(events);
    this.#giveUpIfAllAreClosed();
    return reached;
  }

  /** Resolves once no stream is open or being opened. */
  whenClosed(): Promise<void> {
    if (this.#sockets === 0) return Promise.resolve();
    return new Promise((resolve) => this.#closedWaiters.push(resolve));
  }

  /** Cuts all streams at once, begins no other, and resolves when their sockets are closed. */
  async cut(mode: CutMode = 'destroy'): Promise<void> {
    this.#stop.abort();
    for (const stream of this.streams) stream.cut(mode);
    await this.whenClosed();
  }

  /** @internal */
  onHead(stream: StreamSocket, head: ResponseHead): void {
    this.#counts.opening--;
    if (stream.state === 'open') {
      this.#counts.open++;
      this.#counts.opened++;
    } else {
      add(this.#counts.refused, String(head.status));
    }
    this.#settle(stream);
  }

  /** @internal */
  onRead(_stream: StreamSocket, bytes: number, events: number): void {
    this.#counts.bytes += bytes;
    this.#counts.events += events;
    this.#milestones.reach(this.#counts.events);
  }

  /** @internal */
  onClose(stream: StreamSocket, end: StreamEnd): void {
    if (stream.head === undefined) this.#counts.opening--;
    else if (end !== 'refused') this.#counts.open--;
    if (end === 'failed') add(this.#counts.failed, stream.errorCode ?? 'CLOSED');
    else if (end === 'dropped') add(this.#counts.dropped, stream.errorCode ?? 'CLOSED');
    else if (end !== 'refused') this.#counts[end]++;
    this.#settle(stream);
    this.options.onClose?.(stream, end);
    this.#sockets--;
    if (this.#sockets > 0) return;
    for (const resolve of this.#closedWaiters.splice(0)) resolve();
    this.#giveUpIfAllAreClosed();
  }

  #requests(): (index: number) => ReturnType<typeof prepareRequest> {
    const { headers } = this.options;
    if (typeof headers === 'function') return (index) => prepareRequest({ ...this.options, headers: headers(index) });
    const request = prepareRequest({ ...this.options, headers });
    return () => request;
  }

  #begin(requestFor: (index: number) => ReturnType<typeof prepareRequest>): Promise<void> {
    const index = this.streams.length;
    const request = requestFor(index);
    const { onEvent, counterFor } = this.options;
    const events = onEvent && new EventReader((event) => onEvent(event, stream));
    const localAddress = localAddressFor(index, request.host);
    const stream: StreamSocket = new StreamSocket(index, request, this, events, localAddress, counterFor);
    this.streams.push(stream);
    this.#sockets++;
    this.#counts.started++;
    this.#counts.opening++;
    return new Promise((resolve) => this.#opening.set(stream, resolve));
  }

  #settle(stream: StreamSocket): void {
    this.#opening.get(stream)?.();
    this.#opening.delete(stream);
  }

  #giveUpIfAllAreClosed(): void {
    if (this.#counts.started === 0 || this.#sockets > 0) return;
    this.#milestones.giveUp((events) => `All streams closed after ${this.#counts.events} of ${events} events`);
  }
}

function add(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}
