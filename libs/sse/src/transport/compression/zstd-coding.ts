import { Buffer } from 'node:buffer';
import zlib from 'node:zlib';
import { type Frame } from '../../protocol/frame.js';
import { Piece } from '../../protocol/piece.js';
import { type CompressionTraffic } from './compression-traffic.js';
import { type ContentCoding, type EncodedBody } from './content-coding.js';
import { rawZstdFrame } from './raw-zstd-frame.js';

type Compress = (bytes: Buffer) => Buffer;

/** Node has it from 22.15 on. */
const compress = (zlib as { zstdCompressSync?: Compress }).zstdCompressSync;

const SIGN_OF_LIFE = new Piece(rawZstdFrame(Buffer.alloc(0)));

/**
 * zstd as a row of frames of its format, one for each event: a decoder goes from one to the next, none refers to another,
 * and a body has neither a beginning nor an end. So all connections share one body.
 */
export class ZstdCoding implements ContentCoding, EncodedBody {
  readonly encoding = 'zstd';

  /** @param minBytes what is shorter is not compressed */
  constructor(
    private readonly minBytes: number,
    readonly traffic: CompressionTraffic,
  ) {}

  static get isAvailable(): boolean {
    return compress !== undefined;
  }

  get coding(): this {
    return this;
  }

  newBody(): EncodedBody {
    return this;
  }

  next(frame: Frame): Piece {
    if (frame.isSignOfLife) return SIGN_OF_LIFE;
    return frame.rendition(this) ?? frame.keepRendition(this, new Piece(this.encode(frame.payload)));
  }

  end(): undefined {
    return undefined;
  }

  private encode(payload: Buffer): Buffer {
    if (payload.length < this.minBytes) return rawZstdFrame(payload);
    if (!compress) throw new Error('This Node has no zstd.');
    return compress(payload);
  }
}
