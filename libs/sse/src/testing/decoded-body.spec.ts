import { describe, expect, it } from '@jest/globals';
import { Buffer } from 'node:buffer';
import { gzipSync } from 'node:zlib';
import { decodedBody } from './decoded-body.js';

/** A body that comes in these pieces, and fails after them if it is cut. */
async function* bodyOf(pieces: Iterable<Uint8Array>, isCut = false): AsyncGenerator<Uint8Array> {
  yield* pieces;
  await Promise.resolve();
  if (isCut) throw new Error('aborted');
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts).toString();
}

function bytewise(bytes: Buffer): Buffer[] {
  return [...bytes].map((byte) => Buffer.from([byte]));
}

describe('decodedBody', () => {
  const text = 'data: hello\n\n'.repeat(5);

  it('leaves a body without an encoding, or with one that it does not know, as it is', async () => {
    const body = bodyOf([Buffer.from(text)]);
    expect(decodedBody(body, undefined)).toBe(body);
    expect(decodedBody(body, 'sdch')).toBe(body);
    expect(await textOf(body)).toBe(text);
  });

  it('takes gzip apart, however its bytes are split', async () => {
    expect(await textOf(decodedBody(bodyOf(bytewise(gzipSync(text))), 'gzip'))).toBe(text);
  });

  it('fails where the body is cut, and where it has no proper end', async () => {
    const whole = gzipSync(text);
    await expect(textOf(decodedBody(bodyOf([whole.subarray(0, -9)], true), 'gzip'))).rejects.toThrow('aborted');
    await expect(textOf(decodedBody(bodyOf([whole.subarray(0, -9)]), 'gzip'))).rejects.toThrow(
      'unexpected end of file',
    );
  });
});
