import { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';
import { type Frame, type FrameRun } from '../../protocol/frame.js';
import { Piece } from '../../protocol/piece.js';
import { type PieceWriter } from '../response-writer.js';
import { WINDOW } from './channel-run.js';
import { CompressedWriter } from './compressed-writer.js';
import { type CompressionTraffic } from './compression-traffic.js';
import { type GzipCoding } from './gzip-coding.js';
import { storedBlocks } from './stored-block.js';

/** An empty last block of a fixed code. */
const LAST_BLOCK = Buffer.from([3, 0]);
const SIGN_OF_LIFE = new Piece(storedBlocks(Buffer.alloc(0)));
const BEFORE_THE_FIRST = -1;

/**
 * Writes one gzip stream. All that it keeps is what its end has to say of it, the checksum and the length of the plain bytes,
 * and what its client's decoder has put out last.
 *
 * That is known as a part of the output of one channel, from one offset to another, and not as a number of bytes: where a
 * catch-up had left an event out, counting was tried, and the client decoded wrong text without any error, since browsers do
 * not look at the checksum.
 */
export class GzipWriter extends CompressedWriter {
  /** Both as whole numbers of 32 bits with a sign, which V8 keeps in place: others would be objects of their own. */
  private checksum = 0;
  private length = 0;
  /** The decoder has just put out this part of a channel's output. */
  private run: FrameRun | undefined;
  private runStart = 0;
  private runEnd = BEFORE_THE_FIRST;

  constructor(
    private readonly coding: GzipCoding,
    pieces: PieceWriter,
  ) {
    super(pieces);
  }

  override next(frame: Frame): Piece {
    if (this.runEnd === BEFORE_THE_FIRST) return this.begin(frame);
    if (frame.isSignOfLife) return SIGN_OF_LIFE;
    this.count(frame);
    return this.follows(frame) && frame.offset - this.runStart >= WINDOW
      ? this.coding.windowedPieceOf(frame)
      : this.coding.pieceOf(frame);
  }

  override ending(): Piece {
    const end = Buffer.alloc(8);
    end.writeInt32LE(this.checksum, 0);
    end.writeInt32LE(this.length, 4);
    return new Piece(Buffer.concat([LAST_BLOCK, end]));
  }

  protected override get traffic(): CompressionTraffic {
    return this.coding.traffic;
  }

  private begin(frame: Frame): Piece {
    this.count(frame);
    this.follows(frame);
    return this.coding.firstOf(frame);
  }

  private count({ payload }: Frame): void {
    this.checksum = crc32(payload, this.checksum >>> 0) | 0;
    // As the format has it, modulo 2^32.
    this.length = (this.length + payload.length) | 0;
  }

  /** Whether the frame begins where the run ends. From here on the run ends with it, or begins with it. */
  private follows({ run, offset, bytes }: Frame): boolean {
    const follows = run !== undefined && run === this.run && offset === this.runEnd;
    if (!follows) {
      this.run = run;
      this.runStart = offset;
    }
    this.runEnd = offset + bytes;
    return follows;
  }
}
