import { type Socket } from 'node:net';
import { type HttpExchange, type RawResponse } from './http-exchange.js';

/** How a client left: of itself, or since something on the way broke. */
export type Departure = 'client' | 'error';

/** HTTP/2: the stream was reset in order, or given up by the client (RFC 9113, section 7). */
const ORDERLY_RESETS: ReadonlySet<number> = new Set([0, 8]);

/** Who is told. An object rather than a callback: there is one for each of many thousand connections anyway. */
export interface DepartureObserver {
  departed(departure: Departure): void;
}

/** Tells once when a response is over and not by us: its client is gone, however it went, or somebody else ended it. */
export class DepartureWatch {
  private readonly response: RawResponse;
  /** Bound, which takes half of what a closure does. */
  private readonly onClose = this.closed.bind(this);
  /** A pipelined response has no socket yet, and does not hear when that closes. */
  private readonly socketAhead: Socket | undefined;

  constructor(
    { response, socket, isHttp2 }: HttpExchange,
    private readonly observer: DepartureObserver,
  ) {
    this.response = response;
    response.on('close', this.onClose);
    // Somebody else ended it, such as a middleware: told in the same moment, after which the socket is the next response's.
    if (!isHttp2) response.on('prefinish', this.onClose);
    this.socketAhead = isHttp2 || response.socket ? undefined : socket;
    // As many as the client pipelines: that is no leak, and no cause for Node's warning.
    this.socketAhead?.setMaxListeners(0).on('close', this.onClose);
  }

  release(): void {
    this.response.off('close', this.onClose);
    this.response.off('prefinish', this.onClose);
    this.socketAhead?.off('close', this.onClose);
  }

  private closed(): void {
    this.release();
    this.observer.departed(departureOf(this.response));
  }
}

function departureOf(response: RawResponse): Departure {
  if ('stream' in response) return ORDERLY_RESETS.has(response.stream.rstCode) ? 'client' : 'error';
  const error: NodeJS.ErrnoException | null = response.req.socket.errored;
  // A browser that closes a tab with unread events resets the connection: that is a client that left.
  return !error || error.code === 'ECONNRESET' ? 'client' : 'error';
}
