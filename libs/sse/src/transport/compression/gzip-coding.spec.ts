import { describe, expect, it } from '@jest/globals';
import { Buffer } from 'node:buffer';
import { gunzipSync } from 'node:zlib';
import { Frame } from '../../protocol/frame.js';
import { type EncodedBody } from './content-coding.js';
import { CompressionTraffic } from './compression-traffic.js';
import { GzipCoding } from './gzip-coding.js';

const LONG = `data: ${'all work and no play '.repeat(20)}\n\n`;

describe('GzipCoding', () => {
  const coding = new GzipCoding(6, 64, new CompressionTraffic());

  function bytesOf(body: EncodedBody, frames: readonly Frame[]): Buffer {
    return Buffer.concat([...frames.map((frame) => body.next(frame)), body.end()!].map(({ payload }) => payload));
  }

  it('makes the bytes of an event once, however many bodies they are part of', () => {
    const [one, other] = [coding.newBody(), coding.newBody()];
    const [first, second] = [new Frame(LONG), new Frame(LONG)];

    expect(one.next(first)).toBe(other.next(first));
    expect(one.next(second)).toBe(other.next(second));
    // Where one body begins, another may be under way.
    expect(coding.newBody().next(second)).not.toBe(one.next(second));
  });

  it('sends what is short as it is, and what is long compressed', () => {
    const short = new Frame('data: hello\n\n');
    const body = coding.newBody();
    body.next(new Frame('retry: 1\n\n'));

    expect(body.next(short).payload.includes('data: hello\n\n')).toBe(true);
    expect(body.next(new Frame(LONG)).bytes).toBeLessThan(LONG.length / 4);
  });

  it('is five bytes for a sign of life, and counts none', () => {
    const [opening, beat] = [new Frame('retry: 1\n\n'), new Frame(':\n\n', { isSignOfLife: true })];
    const body = coding.newBody();
    const pieces = [opening, beat, opening].map((frame) => body.next(frame));

    expect(pieces[1]?.bytes).toBe(5);
    const whole = Buffer.concat([...pieces, body.end()!].map(({ payload }) => payload));
    expect(gunzipSync(whole).toString()).toBe('retry: 1\n\nretry: 1\n\n');
  });

  it('ends with the checksum and the length of what was sent, also beyond 4 GiB', () => {
    const body = coding.newBody();
    expect(gunzipSync(bytesOf(body, [new Frame(LONG), new Frame('data: \u00fc\u{1f600}\n\n')])).toString()).toBe(
      `${LONG}data: \u00fc\u{1f600}\n\n`,
    );

    const endless = coding.newBody();
    const frame = new Frame(`data: ${'x'.repeat(64 * 1_048_576)}\n\n`);
    for (let n = 0; n < 65; n++) endless.next(frame);
    expect(endless.end()!.payload.readUInt32LE(6)).toBe((65 * frame.bytes) % 2 ** 32);
  });
});
