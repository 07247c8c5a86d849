import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Cursor } from './cursor.js';
import { CursorReader } from './cursor-reader.js';

/** The rules of the specification, read word by word, over the text as a whole. */
function naive(text: string): { events: number; lastEventId: string; retry: number } {
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/);
  // The last one was not ended.
  lines.pop();
  let [events, lastEventId, retry, id, hasData] = [0, '', 3_000, '', false];
  for (const line of lines) {
    if (line === '') {
      lastEventId = id;
      if (hasData) events++;
      hasData = false;
      continue;
    }
    const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === 'data') hasData = true;
    if (field === 'id' && !value.includes('\0')) id = value;
    if (field === 'retry' && /^[0-9]+$/.test(value)) retry = Math.min(Number(value), 2 ** 31 - 1);
  }
  return { events, lastEventId, retry };
}

function read(pieces: readonly Buffer[]): ReturnType<typeof naive> {
  const cursor = new Cursor();
  const reader = new CursorReader(cursor);
  let events = 0;
  for (const piece of pieces) {
    // As on a socket, whose next read comes into the same buffer.
    const shared = Buffer.alloc(piece.length + 2, '\n');
    piece.copy(shared, 1);
    events += reader.read(shared, 1, piece.length + 1);
    shared.fill(0);
  }
  return { events, lastEventId: cursor.lastEventId, retry: cursor.retry };
}

describe('CursorReader', () => {
  it('counts events, and knows what to come back with and when', () => {
    expect(read([Buffer.from('retry: 250\nid: 7\ndata: x\n\n: hello\n\nid: 8\nevent: y\n\nid: 9\ndata: z')])).toEqual({
      events: 1,
      lastEventId: '8',
      retry: 250,
    });
  });

  it('does what the specification says with any text, wherever the bytes are cut', () => {
    const value = fc.oneof(fc.constantFrom('', '1', '0500', '1x', 'ü', ' two', 'a\0b', '99999999999'), fc.string());
    const line = fc.oneof(
      fc.constantFrom(
        '',
        '',
        ':',
        'data',
        'id',
        'retry',
        'dat',
        'i',
        'idx: 1',
        'retryx: 1',
        'datax:1',
        '\ufeffdata: 1',
      ),
      fc
        .tuple(fc.constantFrom('data', 'id', 'retry', 'event', ''), fc.constantFrom(':', ': '), value)
        .map((parts) => parts.join('').replace(/[\r\n]/g, '')),
    );
    const text = fc
      .tuple(fc.constantFrom('', '\ufeff'), fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r'))))
      .map(([mark, lines]) => mark + lines.map((parts) => parts.join('')).join(''));
    fc.assert(
      fc.property(text, fc.infiniteStream(fc.integer({ min: 1, max: 9 })), (stream, sizes) => {
        expect(read(cut(Buffer.from(stream), sizes))).toEqual(naive(stream));
      }),
      { numRuns: 500 },
    );
  });

  it('goes on with the id across streams, but not with half a block', () => {
    const cursor = new Cursor();
    for (const text of ['id: 1\n\nid: 2\ndata: x\n', ':\n\n']) {
      new CursorReader(cursor).read(Buffer.from(text), 0, text.length);
      expect(cursor.lastEventId).toBe('1');
    }
  });

  it('keeps little of a line without an end, and no id that no header takes', () => {
    const long = Buffer.from(`id: ${'7'.repeat(5_000)}`);
    const pieces = [Buffer.from('id: 1\n\n'), long, ...Array.from({ length: 50 }, () => Buffer.alloc(60_000, 'x'))];
    expect(read([...pieces, Buffer.from('\n\ndata: x\n\n')])).toMatchObject({ events: 1, lastEventId: '1' });
  });

  it.each([
    ['retry: 500\n\n', true],
    ['', false],
    [': hello\n\nretry: 500\n\n', false],
    ['retry: 500\nid: 1\n\n', false],
    ['retry: 500\n\ndata: x\n\n', false],
  ])('knows whether %j was only to be told when to come back', (text, wasTurnedAway) => {
    const cursor = new Cursor();
    new CursorReader(cursor).read(Buffer.from(text), 0, text.length);
    expect(cursor.wasTurnedAway).toBe(wasTurnedAway);
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
