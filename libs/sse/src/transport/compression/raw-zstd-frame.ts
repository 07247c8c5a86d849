import { Buffer } from 'node:buffer';

const MAGIC = 0xfd2fb528;
/** The most bytes that one block holds. */
const LONGEST = 131_072;
const BLOCK_HEAD = 3;

/**
 * Bytes as zstd has them uncompressed, in a frame of its format: nine bytes more for what is short.
 *
 * @see RFC 8878, section 3.1.1
 */
export function rawZstdFrame(bytes: Buffer): Buffer {
  const head = frameHead(bytes.length);
  const parts: Buffer[] = [head];
  for (let start = 0; start === 0 || start < bytes.length; start += LONGEST) {
    const block = bytes.subarray(start, start + LONGEST);
    const isLast = start + LONGEST >= bytes.length ? 1 : 0;
    const blockHead = Buffer.alloc(BLOCK_HEAD);
    // Of the type that is stored as it is, which is 0.
    blockHead.writeUIntLE((block.length << 3) | isLast, 0, BLOCK_HEAD);
    parts.push(blockHead, block);
  }
  return Buffer.concat(parts);
}

/** One segment, whose size says how much memory a decoder needs; no checksum, no dictionary. */
function frameHead(size: number): Buffer {
  const isShort = size < 256;
  const head = Buffer.alloc(isShort ? 6 : 9);
  head.writeUInt32LE(MAGIC, 0);
  head.writeUInt8(isShort ? 0x20 : 0xa0, 4);
  if (isShort) head.writeUInt8(size, 5);
  else head.writeUInt32LE(size, 5);
  return head;
}
