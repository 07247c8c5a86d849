import { describe, expect, it } from '@jest/globals';
import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import { EventCounter } from './event-counter.js';

function countIn(...pieces: (string | Uint8Array)[]): number {
  const counter = new EventCounter();
  return pieces.reduce<number>((sum, piece) => {
    const bytes = Buffer.from(piece);
    return sum + counter.read(bytes, 0, bytes.length);
  }, 0);
}

describe('EventCounter', () => {
  it('counts a block with data, ended by an empty line', () => {
    expect(countIn('id: 1\nevent: x\ndata: {}\n\n')).toBe(1);
    expect(countIn('data: a\ndata: b\n\ndata: c\n\n')).toBe(2);
    expect(countIn('data\n\n')).toBe(1);
    expect(countIn('data:\n\n')).toBe(1);
  });

  it('does not count comments, retry, a block with only an id, or one that is not ended', () => {
    expect(countIn('retry: 3000\n\n: hello\n\n:\n\nid: 7\n\nevent: x\n\ndatax: 1\n\ndata: open\n')).toBe(0);
  });

  it('knows the three line endings', () => {
    expect(countIn('data: 1\r\n\r\ndata: 2\r\rdata: 3\n\n')).toBe(3);
  });

  it('takes CR and LF in two pieces for one line ending', () => {
    expect(countIn('data: 1\r', '\n', 'data: 2\r', '\n\r', '\n')).toBe(1);
  });

  it('skips a byte order mark at the beginning, and only there', () => {
    const mark = Buffer.from([0xef, 0xbb, 0xbf]);
    expect(countIn(mark, 'data: 1\n\n')).toBe(1);
    expect(countIn(mark.subarray(0, 2), mark.subarray(2), 'data: 1\n\n')).toBe(1);
    expect(countIn('data: 1\n\n', mark, 'data: 2\n\n')).toBe(1);
    expect(countIn(mark.subarray(0, 1), 'data: 1\n\n')).toBe(0);
  });

  it('reads only the bytes it was given', () => {
    const bytes = Buffer.from('xxdata: 1\n\ndata: 2\n\n');
    expect(new EventCounter().read(bytes, 2, 11)).toBe(1);
  });

  it('agrees with an independent parser on any text, wherever the bytes are cut', () => {
    const line = fc.oneof(
      fc.constantFrom('', 'data', 'data:', 'data: x', 'dat', 'datab: x', ': c', ':', 'id: 1', 'event: e', 'retry: 1'),
      fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\r\n\ufeff]/g, '')),
    );
    const ending = fc.constantFrom('\n', '\r\n', '\r');
    const stream = fc.array(fc.tuple(line, ending)).map((lines) => lines.map((parts) => parts.join('')).join(''));
    fc.assert(
      fc.property(stream, fc.infiniteStream(fc.integer({ min: 1, max: 7 })), (text, sizes) => {
        let expected = 0;
        // The parser waits with a CR at the very end; the counter need not.
        createParser({ onEvent: () => expected++ }).feed(`${text}: end\n`);
        expect(countIn(...cut(Buffer.from(text), sizes))).toBe(expected);
      }),
    );
  });
});

function cut(bytes: Buffer, sizes: Iterator<number>): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = Number(sizes.next().value);
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}
