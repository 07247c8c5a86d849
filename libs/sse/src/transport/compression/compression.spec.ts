import { describe, expect, it } from '@jest/globals';
import zlib from 'node:zlib';
import { Compression } from './compression.js';
import { CompressionTraffic } from './compression-traffic.js';

const hasZstd = 'zstdCompressSync' in zlib;

describe('Compression', () => {
  function negotiated(accepts: string | undefined, ...encodings: ('gzip' | 'zstd')[]): string | undefined {
    const compression = new Compression({ encodings, level: 6, minBytes: 64 }, new CompressionTraffic());
    return compression.negotiate(accepts)?.encoding;
  }

  it('takes what the client likes most, and among equals what is offered first', () => {
    expect(negotiated('zstd, gzip', 'gzip', 'zstd')).toBe('gzip');
    expect(negotiated('zstd, gzip', 'zstd', 'gzip')).toBe(hasZstd ? 'zstd' : 'gzip');
    expect(negotiated('gzip;q=0.5, zstd', 'gzip', 'zstd')).toBe(hasZstd ? 'zstd' : 'gzip');
  });

  it('offers zstd only where this Node has it', () => {
    expect(negotiated('zstd', 'zstd')).toBe(hasZstd ? 'zstd' : undefined);
  });

  it('is nothing for a client that asks for nothing, or for what is not offered', () => {
    expect(negotiated(undefined, 'gzip')).toBeUndefined();
    expect(negotiated('br, deflate', 'gzip')).toBeUndefined();
  });
});
