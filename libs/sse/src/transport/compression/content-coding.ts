import { type PieceWriter } from '../response-writer.js';
import { type CompressedWriter } from './compressed-writer.js';

/** An encoding of response bodies, by the name that HTTP knows it by (RFC 9110, section 8.4.1). */
export type EncodingName = 'gzip' | 'zstd';

/** Makes the compressed bytes of frames, once however many bodies they are part of. */
export interface ContentCoding {
  readonly encoding: EncodingName;
  /** For a body that begins now. */
  writerTo(pieces: PieceWriter): CompressedWriter;
}
