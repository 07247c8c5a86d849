import { Buffer } from 'node:buffer';

/** The most bytes that one block holds. */
const LONGEST = 65_535;
const HEAD = 5;

/**
 * Bytes as deflate has them uncompressed: whatever is in them, they cost five bytes more. None are an empty block, which a
 * decoder takes without a trace.
 *
 * @see RFC 1951, section 3.2.4
 */
export function storedBlocks(bytes: Buffer): Buffer {
  const count = Math.max(1, Math.ceil(bytes.length / LONGEST));
  const blocks = Buffer.alloc(count * HEAD + bytes.length);
  for (let block = 0, at = 0; block < count; block++) {
    const start = block * LONGEST;
    const length = Math.min(LONGEST, bytes.length - start);
    // Not the last one, and stored: three bits that are 0, and five that are not used.
    blocks.writeUInt16LE(length, at + 1);
    blocks.writeUInt16LE(LONGEST - length, at + 3);
    bytes.copy(blocks, at + HEAD, start, start + length);
    at += HEAD + length;
  }
  return blocks;
}
