import { Buffer } from 'node:buffer';
import { constants, deflateRawSync } from 'node:zlib';
import { type Frame } from '../../protocol/frame.js';
import { Piece } from '../../protocol/piece.js';
import { type PieceWriter } from '../response-writer.js';
import { WINDOW } from './channel-run.js';
import { type CompressedWriter } from './compressed-writer.js';
import { type CompressionTraffic } from './compression-traffic.js';
import { type ContentCoding } from './content-coding.js';
import { GzipWriter } from './gzip-writer.js';
import { storedBlocks } from './stored-block.js';

/** No name, no time, of no operating system: RFC 1952, section 2.3. */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
/** What zlib allocates and clears for each call is most of what a small event costs: 13 µs, with its own level of 8 it is 41. */
const MEMORY_LEVEL = 5;

/**
 * gzip without any state of zlib's. Each event is a piece of its own, compressed once and the same for whoever gets it: it
 * ends on a whole byte, and refers to nothing before it, or to what the decoders of all who get it have just put out. A stream
 * per connection would take 42 µs an event, and 233 KB each (docs/performance.md).
 */
export class GzipCoding implements ContentCoding {
  readonly encoding = 'gzip';
  /** The makers of two more kinds of pieces: those that begin a body, and those that refer to what was before them. */
  private readonly first = {};
  private readonly windowed = {};

  constructor(
    private readonly level: number,
    private readonly minBytes: number,
    readonly traffic: CompressionTraffic,
  ) {}

  writerTo(pieces: PieceWriter): CompressedWriter {
    return new GzipWriter(this, pieces);
  }

  /** The frame where a body begins, behind the header of the format. */
  firstOf(frame: Frame): Piece {
    const { first } = this;
    return frame.rendition(first) ?? frame.keepRendition(first, new Piece(Buffer.concat([HEADER, this.alone(frame)])));
  }

  /** The frame anywhere in a body. */
  pieceOf(frame: Frame): Piece {
    return frame.rendition(this) ?? frame.keepRendition(this, new Piece(this.alone(frame)));
  }

  /** The frame behind the {@link WINDOW} bytes that stand before it in the output of its channel, and nowhere else. */
  windowedPieceOf(frame: Frame): Piece {
    return frame.rendition(this.windowed) ?? this.makeWindowed(frame);
  }

  private makeWindowed(frame: Frame): Piece {
    const dictionary = frame.run?.before(frame.offset, WINDOW);
    // They are gone by now: a piece that needs none fits as well.
    if (!dictionary) return this.pieceOf(frame);
    return frame.keepRendition(this.windowed, new Piece(this.deflate(frame.payload, dictionary)));
  }

  private alone({ payload }: Frame): Buffer {
    return payload.length < this.minBytes ? storedBlocks(payload) : this.deflate(payload);
  }

  private deflate(bytes: Buffer, dictionary?: Buffer): Buffer {
    const { level } = this;
    return deflateRawSync(bytes, { level, memLevel: MEMORY_LEVEL, finishFlush: constants.Z_SYNC_FLUSH, dictionary });
  }
}
