import { type Frame } from '../../protocol/frame.js';
import { type Piece } from '../../protocol/piece.js';
import { type RawResponse } from '../http-exchange.js';
import { type PieceWriter, type ResponseWriter } from '../response-writer.js';
import { type CompressionTraffic } from './compression-traffic.js';

/**
 * Writes frames compressed, by whichever way the response takes its bytes. What comes next in a body depends on what its client
 * was sent before: that much a connection keeps, and no more, since there are many (docs/benchmark.md, P5).
 */
export abstract class CompressedWriter implements ResponseWriter {
  constructor(private readonly pieces: PieceWriter) {}

  /** The bytes that stand for the frame, of which the client gets all at once out of its decoder. */
  abstract next(frame: Frame): Piece;

  /** What ends the body in order, if anything does. */
  abstract ending(): Piece | undefined;

  protected abstract get traffic(): CompressionTraffic;

  get response(): RawResponse {
    return this.pieces.response;
  }

  get blocked(): boolean {
    return this.pieces.blocked;
  }

  get unflushedBytes(): number {
    return this.pieces.unflushedBytes;
  }

  get flushedBytes(): number {
    return this.pieces.flushedBytes;
  }

  write(frame: Frame): void {
    this.pieces.write(this.counted(frame));
  }

  writeAll(frames: readonly Frame[]): void {
    this.pieces.writeAll(frames.map((frame) => this.counted(frame)));
  }

  onceDrained(callback: () => void): void {
    this.pieces.onceDrained(callback);
  }

  detach(): void {
    this.pieces.detach();
  }

  end(): void {
    const ending = this.ending();
    if (ending) this.pieces.write(ending);
    this.pieces.end();
  }

  destroy(): void {
    this.pieces.destroy();
  }

  destroyAfterFlush(): void {
    this.pieces.destroyAfterFlush();
  }

  private counted(frame: Frame): Piece {
    const piece = this.next(frame);
    this.traffic.count(frame, piece);
    return piece;
  }
}
