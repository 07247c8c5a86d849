import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatEventId, parseEventId } from './event-id.js';

describe('the id of an event', () => {
  it('names a position, which can be read from it', () => {
    const epoch = fc.stringMatching(/^[0-9A-Za-z]{1,32}$/);
    const position = fc.record({ epoch, sequence: fc.nat(Number.MAX_SAFE_INTEGER) }, { noNullPrototype: true });
    fc.assert(fc.property(position, (where) => expect(parseEventId(formatEventId(where))).toEqual(where)));
  });

  it('is none of ours if it could not have been written by us', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const position = parseEventId(text);
        expect(position === undefined || formatEventId(position) === text).toBe(true);
      }),
    );
  });

  it.each([
    '',
    '-',
    '-1',
    'e',
    'e-',
    'e--1',
    'e-01',
    'e-1.0',
    'e-1e2',
    'e-0x1',
    'e-1 ',
    ' e-1',
    'e-1\n',
    'e f-1',
    'é-1',
    'e-9007199254740992',
    'e-99999999999999999999999',
    `${'e'.repeat(33)}-1`,
    '__proto__-1',
  ])('is none: %j', (text) => {
    expect(parseEventId(text)).toBeUndefined();
  });

  it('takes no longer for a long text than for a short one', () => {
    expect(parseEventId('e'.repeat(1_000_000))).toBeUndefined();
    expect(parseEventId(`e-${'1'.repeat(1_000_000)}`)).toBeUndefined();
  });
});
