import { describe, expect, it } from '@jest/globals';
import { Buffer } from 'node:buffer';
import { gunzipSync } from 'node:zlib';
import { Frame } from '../../protocol/frame.js';
import { type PieceWriter } from '../response-writer.js';
import { type CompressedWriter } from './compressed-writer.js';
import { CompressionTraffic } from './compression-traffic.js';
import { GzipCoding } from './gzip-coding.js';

/** The pieces are looked at before they are written. */
const NOWHERE = {} as PieceWriter;

const LONG = `data: ${'all work and no play '.repeat(20)}\n\n`;

describe('GzipCoding', () => {
  const coding = new GzipCoding(6, 64, new CompressionTraffic());

  function bytesOf(writer: CompressedWriter, frames: readonly Frame[]): Buffer {
    return Buffer.concat(
      [...frames.map((frame) => writer.next(frame)), writer.ending()!].map(({ payload }) => payload),
    );
  }

  it('makes the bytes of an event once, however many bodies they are part of', () => {
    const [one, other] = [coding.writerTo(NOWHERE), coding.writerTo(NOWHERE)];
    const [first, second] = [new Frame(LONG), new Frame(LONG)];

    expect(one.next(first)).toBe(other.next(first));
    expect(one.next(second)).toBe(other.next(second));
    // Where one body begins, another may be under way.
    expect(coding.writerTo(NOWHERE).next(second)).not.toBe(one.next(second));
  });

  it('sends what is short as it is, and what is long compressed', () => {
    const short = new Frame('data: hello\n\n');
    const writer = coding.writerTo(NOWHERE);
    writer.next(new Frame('retry: 1\n\n'));

    expect(writer.next(short).payload.includes('data: hello\n\n')).toBe(true);
    expect(writer.next(new Frame(LONG)).bytes).toBeLessThan(LONG.length / 4);
  });

  it('is five bytes for a sign of life, and counts none', () => {
    const [opening, beat] = [new Frame('retry: 1\n\n'), new Frame(':\n\n', { isSignOfLife: true })];
    const writer = coding.writerTo(NOWHERE);
    const pieces = [opening, beat, opening].map((frame) => writer.next(frame));

    expect(pieces[1]?.bytes).toBe(5);
    const whole = Buffer.concat([...pieces, writer.ending()!].map(({ payload }) => payload));
    expect(gunzipSync(whole).toString()).toBe('retry: 1\n\nretry: 1\n\n');
  });

  it('ends with the checksum and the length of what was sent, also beyond 4 GiB', () => {
    const writer = coding.writerTo(NOWHERE);
    expect(gunzipSync(bytesOf(writer, [new Frame(LONG), new Frame('data: \u00fc\u{1f600}\n\n')])).toString()).toBe(
      `${LONG}data: \u00fc\u{1f600}\n\n`,
    );

    const endless = coding.writerTo(NOWHERE);
    const frame = new Frame(`data: ${'x'.repeat(64 * 1_048_576)}\n\n`);
    for (let n = 0; n < 65; n++) endless.next(frame);
    expect(endless.ending()!.payload.readUInt32LE(6)).toBe((65 * frame.bytes) % 2 ** 32);
  });
});
