import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatEndMark, readEndMark } from './end-mark.js';

const now = 1_795_000_000;
const mark = formatEndMark({ cursor: 'abc-7', reason: 'max-age', path: '/rooms/1', seconds: now });

describe('the end mark', () => {
  it('ends the stream on its path for 24 hours', () => {
    expect(readEndMark(mark, '/rooms/1', now + 86_400)).toEqual({ cursor: 'abc-7', ended: true });
  });

  it('is an ordinary cursor elsewhere, later, and from the future', () => {
    expect(readEndMark(mark, '/rooms/2', now)).toEqual({ cursor: 'abc-7', ended: false });
    expect(readEndMark(mark, '/rooms/1', now + 86_401)).toEqual({ cursor: 'abc-7', ended: false });
    expect(readEndMark(mark, '/rooms/1', now - 301)).toEqual({ cursor: 'abc-7', ended: false });
  });

  it('gives back any cursor, also one that looks like a mark', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (cursor, path) => {
        const id = formatEndMark({ cursor, reason: 'kicked', path, seconds: now });
        expect(readEndMark(id, path, now)).toEqual({ cursor, ended: true });
      }),
    );
    expect(readEndMark(formatEndMark({ cursor: mark, reason: 'kicked', path: '/', seconds: now }), '/', now)).toEqual({
      cursor: mark,
      ended: true,
    });
  });

  it.each(['', 'x', '~end.', '~end.kicked', 'a~end.kicked.zz', `${mark}x y`])('takes %j as a cursor', (id) => {
    expect(readEndMark(id, '/rooms/1', now)).toEqual({ cursor: id, ended: false });
  });
});
