import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { clientText } from './client-text.js';

describe('clientText()', () => {
  it.each([
    ['curl/8.0', 'curl/8.0'],
    ['a\r\nb', 'a\uFFFD\uFFFDb'],
    ['\u001b[31mred', '\uFFFD[31mred'],
    ['\u009b2J', '\uFFFD2J'],
    ['\u202egnp.exe', '\uFFFDgnp.exe'],
    ['a\u2028b', 'a\uFFFDb'],
    ['Zoë 日本 🎉', 'Zoë 日本 🎉'],
  ])('%j', (text, shown) => {
    expect(clientText(text)).toBe(shown);
  });

  it('is short and on one line, whatever comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 1_000 }), (text) => {
        const shown = clientText(text);
        expect(shown.length).toBeLessThanOrEqual(201);
        expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
      }),
    );
  });
});
