import { type Frame } from '../../protocol/frame.js';
import { type Piece } from '../../protocol/piece.js';
import { type RawResponse } from '../http-exchange.js';
import { type PieceWriter, type ResponseWriter } from '../response-writer.js';
import { type EncodedBody } from './content-coding.js';

/** Writes frames compressed, by whichever way the response takes its bytes. */
export class CompressedWriter implements ResponseWriter {
  constructor(
    private readonly body: EncodedBody,
    private readonly pieces: PieceWriter,
  ) {}

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
    this.pieces.write(this.next(frame));
  }

  writeAll(frames: readonly Frame[]): void {
    this.pieces.writeAll(frames.map((frame) => this.next(frame)));
  }

  onceDrained(callback: () => void): void {
    this.pieces.onceDrained(callback);
  }

  detach(): void {
    this.pieces.detach();
  }

  end(): void {
    const end = this.body.end();
    if (end) this.pieces.write(end);
    this.pieces.end();
  }

  destroy(): void {
    this.pieces.destroy();
  }

  destroyAfterFlush(): void {
    this.pieces.destroyAfterFlush();
  }

  private next(frame: Frame): Piece {
    const piece = this.body.next(frame);
    this.body.coding.traffic.count(frame, piece);
    return piece;
  }
}
