import { Buffer } from 'node:buffer';
import { constants, crc32, deflateRawSync } from 'node:zlib';
import { type Frame } from '../../protocol/frame.js';
import { Piece } from '../../protocol/piece.js';
import { type ContentCoding, type EncodedBody } from './content-coding.js';
import { storedBlocks } from './stored-block.js';

/** No name, no time, of no operating system: RFC 1952, section 2.3. */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
/** An empty last block of a fixed code. */
const LAST_BLOCK = Buffer.from([3, 0]);
const SIGN_OF_LIFE = new Piece(storedBlocks(Buffer.alloc(0)));
/** What zlib allocates and clears for each call is most of what a small event costs: 14 µs for 200 bytes, with its own 8 it is 41. */
const MEMORY_LEVEL = 5;

/**
 * gzip without any state of zlib's: each event is a piece of its own, compressed once and the same for whoever gets it, since
 * it refers to nothing before it and ends on a whole byte. A stream per connection would take 42 µs an event and 233 KB each
 * (docs/performance.md).
 */
export class GzipCoding implements ContentCoding {
  readonly encoding = 'gzip';
  /** Those that begin a body. */
  private readonly first = {};

  constructor(
    private readonly level: number,
    private readonly minBytes: number,
  ) {}

  newBody(): EncodedBody {
    return new GzipBody(this);
  }

  /** The frame where a body begins, behind the header of the format. */
  firstOf(frame: Frame): Piece {
    const { first } = this;
    return (
      frame.rendition(first) ?? frame.keepRendition(first, new Piece(Buffer.concat([HEADER, this.deflate(frame)])))
    );
  }

  /** The frame anywhere in a body. */
  pieceOf(frame: Frame): Piece {
    return frame.rendition(this) ?? frame.keepRendition(this, new Piece(this.deflate(frame)));
  }

  private deflate({ payload }: Frame): Buffer {
    if (payload.length < this.minBytes) return storedBlocks(payload);
    return deflateRawSync(payload, {
      level: this.level,
      memLevel: MEMORY_LEVEL,
      finishFlush: constants.Z_SYNC_FLUSH,
    });
  }
}

/** What the end of the body has to say of it is all that a connection keeps: the checksum of its plain bytes, and their number. */
class GzipBody implements EncodedBody {
  private checksum = 0;
  private length = 0;
  private hasBegun = false;

  constructor(private readonly coding: GzipCoding) {}

  next(frame: Frame): Piece {
    if (!this.hasBegun) {
      this.hasBegun = true;
      this.count(frame);
      return this.coding.firstOf(frame);
    }
    if (frame.isSignOfLife) return SIGN_OF_LIFE;
    this.count(frame);
    return this.coding.pieceOf(frame);
  }

  end(): Piece {
    const end = Buffer.alloc(8);
    end.writeUInt32LE(this.checksum, 0);
    end.writeUInt32LE(this.length, 4);
    return new Piece(Buffer.concat([LAST_BLOCK, end]));
  }

  private count({ payload }: Frame): void {
    this.checksum = crc32(payload, this.checksum);
    // As the format has it, modulo 2^32.
    this.length = (this.length + payload.length) >>> 0;
  }
}
