import { describe, expect, it } from '@jest/globals';
import { bytes, counted, duration, milliseconds, rate } from './number-format.js';

describe('the numbers of a report', () => {
  it('are rates with tenths only where they are small', () => {
    expect([0, 0.44, 99.94, 1_234.5].map(rate)).toEqual(['0', '0.4', '99.9', '1,235']);
  });

  it('are bytes in powers of 1,000', () => {
    expect([0, 999, 999.6, 1_500, 2_500_000, 3e15].map(bytes)).toEqual([
      '0 B',
      '999 B',
      '1 kB',
      '1.5 kB',
      '2.5 MB',
      '3,000 TB',
    ]);
  });

  it('are times in the unit in which they are read', () => {
    expect([0.854, 12.34, 250.4, 1_500].map(milliseconds)).toEqual(['0.85 ms', '12.3 ms', '250 ms', '1.5 s']);
    expect([0, 59.4, 59.6, 125, 3_600, 11_400].map(duration)).toEqual([
      '0 s',
      '59 s',
      '1 min',
      '2 min 5 s',
      '1 h',
      '3 h 10 min',
    ]);
  });

  it('are one thing or several', () => {
    expect([0, 1, 1_200].map((number) => counted(number, 'stream'))).toEqual([
      '0 streams',
      '1 stream',
      '1,200 streams',
    ]);
  });
});
