import { constants, type ServerHttp2Stream } from 'node:http2';
import { type Writable } from 'node:stream';
import { type Piece } from '../protocol/piece.js';
import { type RawResponse } from './http-exchange.js';
import { BatchJoiner } from './batch-joiner.js';
import { DrainListener } from './drain-listener.js';
import { type PieceWriter } from './response-writer.js';

const batches = new BatchJoiner(({ payload }) => payload);

/**
 * Writes through the response itself: HTTP/2, HTTP/1.0 (no chunks: the body ends with the connection), and a pipelined
 * request, which has no socket before the responses ahead of it have ended.
 */
export class PlainWriter implements PieceWriter {
  private drain: DrainListener | undefined;
  private written = 0;
  private detached = false;
  private readonly stream: Writable;

  constructor(readonly response: RawResponse) {
    // Node's types give the HTTP/2 response no `writableLength`; both kinds behave as the Writable that they stand for.
    this.stream = 'stream' in response ? response.stream : response;
  }

  get blocked(): boolean {
    return this.stream.writableLength > 0 && this.stream.writableNeedDrain;
  }

  get unflushedBytes(): number {
    return this.detached ? 0 : this.stream.writableLength;
  }

  get flushedBytes(): number {
    return this.written - this.stream.writableLength;
  }

  write(piece: Piece): void {
    this.send(piece.payload);
  }

  writeAll(pieces: readonly Piece[]): void {
    const joined = batches.join(pieces);
    if (joined) {
      this.send(joined);
      return;
    }
    this.stream.cork();
    for (const piece of pieces) this.send(piece.payload);
    this.stream.uncork();
  }

  onceDrained(callback: () => void): void {
    if (this.detached || this.drain) return;
    this.drain = new DrainListener(this.stream, () => {
      this.drain = undefined;
      callback();
    });
  }

  detach(): void {
    this.detached = true;
    this.drain?.stop();
    this.drain = undefined;
  }

  end(): void {
    this.detach();
    this.response.end();
  }

  destroy(): void {
    this.detach();
    if ('stream' in this.response) reset(this.response.stream);
    else this.response.destroy();
  }

  destroyAfterFlush(): void {
    const { response } = this;
    if ('stream' in response || !response.socket) this.destroy();
    else response.socket.destroySoon();
    this.detach();
  }

  private send(bytes: Buffer): void {
    if (this.detached || this.stream.destroyed || this.stream.writableEnded) return;
    this.written += bytes.length;
    this.stream.write(bytes);
  }
}

/**
 * Without an error code the client would take the end for an orderly one. What was just written leaves at the end of the
 * tick, and a reset overtakes it.
 */
function reset(stream: ServerHttp2Stream): void {
  setImmediate(() => stream.close(constants.NGHTTP2_INTERNAL_ERROR));
}
