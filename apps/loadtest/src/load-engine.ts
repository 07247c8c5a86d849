import { type LoadCounts, noCounts } from './load-counts.js';
import { type LoadOptions } from './load-options.js';
import { Milestones } from './milestones.js';
import { localAddressFor } from './opening/local-address.js';
import { Openings } from './opening/openings.js';
import { openPaced } from './opening/paced-opening.js';
import { type PreparedRequest, prepareRequest, RequestError, resumedRequest } from './opening/stream-request.js';
import { type BodyCounter, EventCounter } from './reading/event-counter.js';
import { EventReader } from './reading/event-reader.js';
import { type ResponseHead } from './reading/response-head.js';
import { type CutMode, type StreamEnd, type StreamObserver, StreamSocket } from './reading/stream-socket.js';
import { CursorReader } from './returning/cursor-reader.js';
import { Returns } from './returning/returns.js';
import { Visitor } from './returning/visitor.js';

export { type LoadOptions } from './load-options.js';

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
  /**
   * By their index; one that is closed stays in its place until it comes back. While the request of a stream is awaited its
   * place is empty, and `forEach` passes over it.
   */
  readonly streams: StreamSocket[] = [];

  readonly #counts = noCounts();
  readonly #openings: Openings;
  readonly #returns = new Returns();
  readonly #stop = new AbortController();
  readonly #milestones = new Milestones();
  /** Streams that were begun and are not closed yet, refusals included. */
  #underWay = 0;
  #next = 0;
  #closedWaiters: (() => void)[] = [];

  /** @throws {RequestError} when the URL or a header can't be sent */
  constructor(private readonly options: LoadOptions) {
    this.#openings = new Openings(options.patience);
    const { headers } = options;
    if (!options.requestFor) prepareRequest({ ...options, headers: typeof headers === 'function' ? {} : headers });
  }

  /**
   * Opens the streams and resolves when each is open, refused or failed for the first time: the counts tell. It never
   * rejects. Called again, it opens as many once more; after `cut` none.
   */
  async open(connections = this.options.connections ?? 1_000): Promise<LoadCounts> {
    const { interval = 10, concurrency = 64 } = this.options;
    const requestFor = this.options.requestFor ?? requestsOf(this.options);
    await openPaced(connections, { interval, concurrency }, () => this.#begin(requestFor), this.#stop.signal);
    return this.counts();
  }

  /** A copy of what was counted so far. */
  counts(): LoadCounts {
    const { refused, failed, dropped } = this.#counts;
    const waiting = this.#returns.waiting;
    return { ...this.#counts, waiting, refused: { ...refused }, failed: { ...failed }, dropped: { ...dropped } };
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

  /** Resolves once no stream is open, being opened, or about to come back. */
  whenClosed(): Promise<void> {
    if (this.#areAllClosed) return Promise.resolve();
    return new Promise((resolve) => this.#closedWaiters.push(resolve));
  }

  /** Cuts all streams at once, begins no other, and resolves when their sockets are closed. */
  async cut(mode: CutMode = 'destroy'): Promise<void> {
    this.#stop.abort();
    this.#returns.clear();
    this.streams.forEach((stream) => stream.cut(mode));
    this.#tellIfAllAreClosed();
    await this.whenClosed();
  }

  /** @internal */
  counterFor(stream: StreamSocket, head: ResponseHead): BodyCounter {
    if (this.options.counterFor) return this.options.counterFor(head, stream);
    return stream.visitor ? new CursorReader(stream.visitor.cursor) : new EventCounter();
  }

  /** @internal */
  onHead(stream: StreamSocket, head: ResponseHead): void {
    this.#counts.opening--;
    if (stream.state === 'open') {
      this.#counts.open++;
      if (stream.visitor && stream.visitor.openings++ > 0) this.#counts.reconnected++;
      else this.#counts.opened++;
    } else {
      add(this.#counts.refused, String(head.status));
    }
    const milliseconds = this.#openings.settle(stream);
    if (milliseconds !== undefined) this.options.onHead?.(stream, milliseconds);
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
    else if (end === 'ended' && stream.visitor?.cursor.wasTurnedAway) this.#turnedAway(stream.visitor);
    else if (end !== 'refused') this.#counts[end]++;
    this.#openings.settle(stream);
    this.options.onClose?.(stream, end);
    if (stream.visitor && end !== 'refused' && end !== 'cut') this.#comeBack(stream.index, stream.visitor);
    this.#gone();
  }

  /** It was open only to be told when to come back: to EventSource an opening, to the load a refusal. */
  #turnedAway(visitor: Visitor): void {
    add(this.#counts.refused, 'retry');
    if (--visitor.openings > 0) this.#counts.reconnected--;
    else this.#counts.opened--;
  }

  #comeBack(index: number, visitor: Visitor): void {
    if (this.#stop.signal.aborted) return;
    this.#returns.add(visitor.cursor.retry, () => {
      this.#count();
      void this.#connect(index, resumedRequest(visitor.request, visitor.cursor.lastEventId), visitor);
    });
  }

  #begin(requestFor: NonNullable<LoadOptions['requestFor']>): Promise<void> {
    const index = this.#next++;
    this.#count();
    try {
      const request = requestFor(index);
      return request instanceof Promise ? this.#await(index, request) : this.#connect(index, request);
    } catch (error) {
      // What `{n}` becomes may be no URL for this stream alone: the others are open already.
      if (!(error instanceof RequestError)) throw error;
      return this.#await(index, Promise.reject(error));
    }
  }

  #count(): void {
    this.#underWay++;
    this.#counts.started++;
    this.#counts.opening++;
  }

  async #await(index: number, awaited: Promise<PreparedRequest>): Promise<void> {
    const request = await awaited.catch((error: unknown) => error as NodeJS.ErrnoException);
    if (!(request instanceof Error) && !this.#stop.signal.aborted) return this.#connect(index, request);
    this.#counts.opening--;
    if (this.#stop.signal.aborted) this.#counts.cut++;
    else add(this.#counts.failed, (request as NodeJS.ErrnoException).code ?? 'REQUEST');
    this.#gone();
  }

  #connect(index: number, request: PreparedRequest, visitor?: Visitor): Promise<void> {
    const { onEvent, reconnect = false } = this.options;
    const returning = visitor ?? (reconnect ? new Visitor(request) : undefined);
    if (returning) returning.attempts++;
    const stream: StreamSocket = new StreamSocket(index, this, {
      request,
      localAddress: localAddressFor(index, request.host),
      events: onEvent && new EventReader((event) => onEvent(event, stream)),
      visitor: returning,
    });
    this.streams[index] = stream;
    return this.#openings.add(stream);
  }

  #gone(): void {
    this.#underWay--;
    this.#tellIfAllAreClosed();
  }

  get #areAllClosed(): boolean {
    return this.#underWay === 0 && this.#returns.waiting === 0;
  }

  #tellIfAllAreClosed(): void {
    if (!this.#areAllClosed) return;
    for (const resolve of this.#closedWaiters.splice(0)) resolve();
    this.#giveUpIfAllAreClosed();
  }

  #giveUpIfAllAreClosed(): void {
    if (this.#counts.started === 0 || !this.#areAllClosed) return;
    this.#milestones.giveUp((events) => `All streams closed after ${this.#counts.events} of ${events} events`);
  }
}

/** One request for all, or one for each where the headers are told by the index. */
function requestsOf({ headers, ...options }: LoadOptions): (index: number) => PreparedRequest {
  if (typeof headers === 'function') return (index) => prepareRequest({ ...options, headers: headers(index) });
  const request = prepareRequest({ ...options, headers });
  return () => request;
}

function add(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}
