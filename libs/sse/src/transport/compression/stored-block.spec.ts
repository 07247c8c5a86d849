import { describe, expect, it } from '@jest/globals';
import { Buffer } from 'node:buffer';
import { inflateRawSync } from 'node:zlib';
import { storedBlocks } from './stored-block.js';

const LAST_BLOCK = Buffer.from([3, 0]);

describe('storedBlocks', () => {
  it('makes five bytes of nothing, which a decoder takes without a trace', () => {
    const nothing = storedBlocks(Buffer.alloc(0));

    expect(nothing.toString('hex')).toBe('000000ffff');
    expect(inflateRawSync(Buffer.concat([nothing, LAST_BLOCK]))).toHaveLength(0);
  });

  it.each([1, 63, 65_535, 65_536, 200_000])('is understood by zlib for %d bytes', (length) => {
    const bytes = Buffer.from(Array.from({ length }, (_, index) => index % 251));

    const blocks = storedBlocks(bytes);

    expect(inflateRawSync(Buffer.concat([blocks, LAST_BLOCK])).equals(bytes)).toBe(true);
    expect(blocks).toHaveLength(length + 5 * Math.ceil(length / 65_535));
  });
});
