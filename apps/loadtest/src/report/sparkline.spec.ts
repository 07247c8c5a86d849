import { describe, expect, it } from '@jest/globals';
import { progressBar, sparkline } from './sparkline.js';

describe('sparkline', () => {
  it('goes from zero to the highest of the values', () => {
    expect(sparkline([0, 5, 10], 10)).toBe('▁▅█');
    expect(sparkline([0, 0], 10)).toBe('▁▁');
    expect(sparkline([], 10)).toBe('');
  });

  it('shows the last values, as many as there is room for', () => {
    expect(sparkline([100, 1, 2], 2)).toBe('▅█');
    expect(sparkline([1, 2], 0)).toBe('');
  });

  it('leaves a gap where there is no value', () => {
    expect(sparkline([1, undefined, 1], 3)).toBe('█ █');
  });
});

describe('progressBar', () => {
  it.each([
    [0, '', '░░░░'],
    [0.5, '██', '░░'],
    [0.28, '█▏', '░░'],
    [1, '████', ''],
    [7, '████', ''],
    [-1, '', '░░░░'],
  ])('fills %d of it', (share, filled, empty) => {
    expect(progressBar(share, 4)).toEqual({ filled, empty });
  });
});
