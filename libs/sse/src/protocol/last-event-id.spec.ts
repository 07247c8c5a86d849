import { describe, expect, it } from '@jest/globals';
import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { decodeLastEventId } from './last-event-id.js';

describe('decodeLastEventId', () => {
  it('gives back any id as it was written, from the UTF-8 bytes that browsers send', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (id) => {
        const sent = Buffer.from(id.toWellFormed()).toString('latin1');
        expect(decodeLastEventId(sent)).toBe(id.toWellFormed());
      }),
    );
  });

  it('takes bytes that are no UTF-8 as Latin-1', () => {
    expect(decodeLastEventId('caf\u00e9')).toBe('café');
  });

  it.each([undefined, '', []])('takes %j for none', (header) => {
    expect(decodeLastEventId(header)).toBeUndefined();
  });
});
