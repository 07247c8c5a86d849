import { describe, expect, it } from '@jest/globals';
import { Buffer } from 'node:buffer';
import { rawZstdFrame } from './raw-zstd-frame.js';

/** What a decoder makes of a frame of stored blocks, by RFC 8878; zlib of Node has none before 22.15. */
function decode(frame: Buffer): Buffer {
  expect(frame.readUInt32LE(0)).toBe(0xfd2fb528);
  const descriptor = frame.readUInt8(4);
  // One segment, no checksum, no dictionary.
  expect(descriptor & 0b00110111).toBe(0b00100000);
  const sizeBytes = descriptor >> 6 === 0 ? 1 : 4;
  const size = frame.readUIntLE(5, sizeBytes);
  const parts: Buffer[] = [];
  let at = 5 + sizeBytes;
  for (let isLast = false; !isLast;) {
    const head = frame.readUIntLE(at, 3);
    isLast = (head & 1) === 1;
    expect((head >> 1) & 3).toBe(0);
    expect(head >> 3).toBeLessThanOrEqual(131_072);
    parts.push(frame.subarray(at + 3, at + 3 + (head >> 3)));
    at += 3 + (head >> 3);
  }
  const bytes = Buffer.concat(parts);
  expect([bytes.length, at]).toEqual([size, frame.length]);
  return bytes;
}

describe('rawZstdFrame', () => {
  it.each([0, 1, 63, 255, 256, 131_072, 131_073, 262_144, 300_000])(
    'holds %d bytes as the format has them',
    (length) => {
      const bytes = Buffer.from(Array.from({ length }, (_, index) => index % 251));

      expect(decode(rawZstdFrame(bytes)).equals(bytes)).toBe(true);
    },
  );

  it('costs nine bytes for what is short', () => {
    expect(rawZstdFrame(Buffer.alloc(0))).toHaveLength(9);
    expect(rawZstdFrame(Buffer.from('hello'))).toHaveLength(14);
  });
});
