import { type Buffer } from 'node:buffer';
import zlib from 'node:zlib';
import { type Frame } from '../../protocol/frame.js';
import { Piece } from '../../protocol/piece.js';
import { type PieceWriter } from '../response-writer.js';
import { type CompressedWriter } from './compressed-writer.js';
import { type CompressionTraffic } from './compression-traffic.js';
import { type ContentCoding } from './content-coding.js';
import { rawZstdFrame } from './raw-zstd-frame.js';
import { ZstdWriter } from './zstd-writer.js';

type Compress = (bytes: Buffer) => Buffer;

/** Node has it from 22.15 on. */
const compress = (zlib as { zstdCompressSync?: Compress }).zstdCompressSync;

/**
 * zstd as a row of frames of its format, one for each event: a decoder goes from one to the next, none refers to another,
 * and a body has neither a beginning nor an end.
 */
export class ZstdCoding implements ContentCoding {
  readonly encoding = 'zstd';

  /** @param minBytes what is shorter is not compressed */
  constructor(
    private readonly minBytes: number,
    readonly traffic: CompressionTraffic,
  ) {}

  static get isAvailable(): boolean {
    return compress !== undefined;
  }

  writerTo(pieces: PieceWriter): CompressedWriter {
    return new ZstdWriter(this, pieces);
  }

  pieceOf(frame: Frame): Piece {
    return frame.rendition(this) ?? frame.keepRendition(this, new Piece(this.encode(frame.payload)));
  }

  private encode(payload: Buffer): Buffer {
    if (payload.length < this.minBytes) return rawZstdFrame(payload);
    if (!compress) throw new Error('This Node has no zstd.');
    return compress(payload);
  }
}
