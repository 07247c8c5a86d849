import { type Frame } from '../../protocol/frame.js';
import { type RawResponse } from '../http-exchange.js';
import { type PieceWriter, type ResponseWriter } from '../response-writer.js';
import { type CompressionTraffic } from './compression-traffic.js';
import { type EncodedBody } from './content-coding.js';

/** Writes frames compressed, by whichever way the response takes its bytes. */
export class CompressedWriter implements ResponseWriter {
  constructor(
    private readonly body: EncodedBody,
    private readonly pieces: PieceWriter,
    private readonly traffic: CompressionTraffic,
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
    const piece = this.body.next(frame);
    this.traffic.count(frame, piece);
    this.pieces.write(piece);
  }

  writeAll(frames: readonly Frame[]): void {
    const pieces = frames.map((frame) => this.body.next(frame));
    for (const [index, piece] of pieces.entries()) this.traffic.count(frames[index] as Frame, piece);
    this.pieces.writeAll(pieces);
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
}
