import { describe, expect, it } from '@jest/globals';
import { bytes, count, duration, exactly, milliseconds, rate } from './page/format.js';

describe('the numbers of the page', () => {
  it.each([
    [count(0), '0'],
    [count(1_234), '1,234'],
    [count(56_789), '56.8K'],
    [exactly(56_789), '56,789'],
    [rate(0.44), '0.4'],
    [rate(12_345), '12.3K'],
    [bytes(512), '512 B'],
    [bytes(1_536), '1.5 KiB'],
    [bytes(150 * 1_024), '150 KiB'],
    [bytes(3 * 1_024 ** 5), '3,072 TiB'],
    [milliseconds(0.25), '0.3 ms'],
    [milliseconds(999), '999 ms'],
    [milliseconds(1_500), '1.5 s'],
    [duration(-5), '0 s'],
    [duration(59_999), '59 s'],
    [duration(60_000), '1 min'],
    [duration(125_000), '2 min 5 s'],
    [duration(11_400_000), '3 h 10 min'],
    [duration(187_200_000), '2 d 4 h'],
  ])('are short: %s', (shown, expected) => {
    expect(shown).toBe(expected);
  });
});
