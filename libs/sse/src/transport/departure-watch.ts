import { type HttpExchange } from './http-exchange.js';

/** How a client left: of itself, or since something on the way broke. */
export type Departure = 'client' | 'error';

/** HTTP/2: the stream was reset in order, or given up by the client (RFC 9113, section 7). */
const ORDERLY_RESETS: ReadonlySet<number> = new Set([0, 8]);

/** Tells once when the client of a response is gone, however it went, and lets go of the response when it is stopped. */
export class DepartureWatch {
  private readonly source: { off(event: 'close', listener: () => void): unknown }[] = [];
  private exchange: HttpExchange | undefined;

  constructor(
    exchange: HttpExchange,
    private readonly gone: (departure: Departure) => void,
  ) {
    this.exchange = exchange;
    const { response, socket, isHttp2 } = exchange;
    response.on('close', this.onClose);
    this.source.push(response);
    // A pipelined response has no socket yet, and does not hear when that closes.
    if (!isHttp2 && !response.socket) {
      socket.on('close', this.onClose);
      this.source.push(socket);
    }
  }

  stop(): void {
    for (const emitter of this.source.splice(0)) emitter.off('close', this.onClose);
    this.exchange = undefined;
  }

  private readonly onClose = () => {
    const { exchange } = this;
    if (!exchange) return;
    this.stop();
    this.gone(departureOf(exchange));
  };
}

function departureOf({ response, socket, isHttp2 }: HttpExchange): Departure {
  if (isHttp2 && 'stream' in response) return ORDERLY_RESETS.has(response.stream.rstCode) ? 'client' : 'error';
  const error: NodeJS.ErrnoException | null = socket.errored;
  // A browser that closes a tab with unread events resets the connection: that is a client that left.
  return !error || error.code === 'ECONNRESET' ? 'client' : 'error';
}
