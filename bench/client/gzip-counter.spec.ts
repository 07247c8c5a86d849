import { describe, expect, it } from '@jest/globals';
import { constants, deflateRawSync } from 'node:zlib';
import { chatMessage } from '../chat-message.js';
import { GzipCounter, GzipPrefix } from './gzip-counter.js';

const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);

function block(sequence: number, text = chatMessage(sequence).text): Buffer {
  return Buffer.from(`id: 1-${sequence}\ndata: ${JSON.stringify({ ...chatMessage(sequence), text })}\n\n`);
}

function piece(plain: Buffer, dictionary?: Buffer): Buffer {
  return deflateRawSync(plain, { finishFlush: constants.Z_SYNC_FLUSH, dictionary });
}

function readAll(counter: GzipCounter, body: Buffer, step: number): number[] {
  const counts: number[] = [];
  for (let at = 0; at < body.length; at += step) counts.push(counter.read(body, at, Math.min(body.length, at + step)));
  return counts;
}

describe('GzipCounter', () => {
  it('counts the events of a body, wherever it is cut', () => {
    const body = Buffer.concat([HEADER, piece(Buffer.from('retry: 1\n\n')), piece(block(1)), piece(block(2))]);
    for (const step of [1, 7, 64, body.length]) {
      const counts = readAll(new GzipCounter(GzipPrefix.nothing()), body, step);
      expect(counts.reduce((sum, count) => sum + count)).toBe(2);
    }
  });

  it('counts alike for streams that part and are told different bytes', () => {
    const nothing = GzipPrefix.nothing();
    const counters = [new GzipCounter(nothing), new GzipCounter(nothing)];
    const first = Buffer.concat([HEADER, piece(block(1))]);
    const rest = [piece(block(2)), piece(block(2), block(1))];
    const counts = counters.map((counter, index) => [
      counter.read(first, 0, first.length),
      counter.read(rest[index] ?? first, 0, rest[index]?.length ?? 0),
    ]);
    expect(counts).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });

  it('fails where the window is not the one of the encoder, which zlib does not notice', () => {
    // The second event refers back to its own text, and in the decoder stands the first one there.
    const body = Buffer.concat([HEADER, piece(block(1)), piece(block(2), block(2))]);
    expect(() => readAll(new GzipCounter(GzipPrefix.nothing()), body, body.length)).toThrow();
  });

  it('fails where an event was left out', () => {
    const body = Buffer.concat([HEADER, piece(block(2))]);
    expect(() => readAll(new GzipCounter(GzipPrefix.nothing()), body, body.length)).toThrow('Event 1');
  });
});
