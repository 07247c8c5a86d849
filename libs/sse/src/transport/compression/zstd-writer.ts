import { Buffer } from 'node:buffer';
import { type Frame } from '../../protocol/frame.js';
import { Piece } from '../../protocol/piece.js';
import { type PieceWriter } from '../response-writer.js';
import { CompressedWriter } from './compressed-writer.js';
import { type CompressionTraffic } from './compression-traffic.js';
import { rawZstdFrame } from './raw-zstd-frame.js';
import { type ZstdCoding } from './zstd-coding.js';

const SIGN_OF_LIFE = new Piece(rawZstdFrame(Buffer.alloc(0)));

/** Writes one zstd stream, whose pieces know nothing of each other. */
export class ZstdWriter extends CompressedWriter {
  constructor(
    private readonly coding: ZstdCoding,
    pieces: PieceWriter,
  ) {
    super(pieces);
  }

  override next(frame: Frame): Piece {
    return frame.isSignOfLife ? SIGN_OF_LIFE : this.coding.pieceOf(frame);
  }

  override ending(): undefined {
    return undefined;
  }

  protected override get traffic(): CompressionTraffic {
    return this.coding.traffic;
  }
}
