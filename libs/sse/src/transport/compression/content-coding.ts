import { type Frame } from '../../protocol/frame.js';
import { type Piece } from '../../protocol/piece.js';
import { type CompressionTraffic } from './compression-traffic.js';

/** An encoding of response bodies, by the name that HTTP knows it by (RFC 9110, section 8.4.1). */
export type EncodingName = 'gzip' | 'zstd';

/** Makes the compressed bytes of frames, once however many bodies they are part of. */
export interface ContentCoding {
  readonly encoding: EncodingName;
  /** What it has saved. */
  readonly traffic: CompressionTraffic;
  /** For a body that begins now. */
  newBody(): EncodedBody;
}

/** One response's body: what comes next in it depends on what its client was sent before. */
export interface EncodedBody {
  readonly coding: ContentCoding;
  /** The bytes that stand for the frame, of which the client gets all at once out of its decoder. */
  next(frame: Frame): Piece;
  /** What ends it in order, if anything does. */
  end(): Piece | undefined;
}
