import { type ServerResponse } from 'node:http';
import { type Socket } from 'node:net';
import { type Piece } from '../protocol/piece.js';
import { BatchJoiner } from './batch-joiner.js';
import { DrainListener } from './drain-listener.js';
import { type PieceWriter } from './response-writer.js';

const batches = new BatchJoiner(({ chunk }) => chunk);

/**
 * Writes frames, HTTP/1.1 chunk included, straight to the socket: about 0.7 of the CPU time of `response.write()`, and
 * no work for each connection beside the system call.
 *
 * Only for a response that is chunked, has its socket and has sent its head. The writer lets go of the socket before the
 * response ends: on a keep-alive socket what is written later would stand in the next response, which may be another
 * user's.
 */
export class ChunkedSocketWriter implements PieceWriter {
  private drain: DrainListener | undefined;
  private detached = false;

  constructor(
    readonly response: ServerResponse,
    private readonly socket: Socket,
  ) {}

  get blocked(): boolean {
    // A large write that the kernel took at once also leaves `writableNeedDrain` set until the next tick.
    return this.socket.writableLength > 0 && this.socket.writableNeedDrain;
  }

  get unflushedBytes(): number {
    return this.detached ? 0 : this.socket.writableLength;
  }

  get flushedBytes(): number {
    return this.socket.bytesWritten - this.socket.writableLength;
  }

  write(piece: Piece): void {
    if (this.canWrite()) this.socket.write(piece.chunk);
  }

  writeAll(pieces: readonly Piece[]): void {
    if (!this.canWrite()) return;
    const joined = batches.join(pieces);
    if (joined) {
      this.socket.write(joined);
      return;
    }
    this.socket.cork();
    for (const piece of pieces) this.socket.write(piece.chunk);
    this.socket.uncork();
  }

  onceDrained(callback: () => void): void {
    if (this.detached || this.drain) return;
    this.drain = new DrainListener(this.socket, () => {
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
    this.socket.destroy();
  }

  destroyAfterFlush(): void {
    this.detach();
    this.socket.destroySoon();
  }

  /** The client may have closed its half, upon which Node ends ours, a moment before we are told. */
  private canWrite(): boolean {
    return !this.detached && this.socket.writable;
  }
}
