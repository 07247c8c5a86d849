import { describe, expect, it } from '@jest/globals';
import { processCount } from './process-count.js';

const REDIS_URL = 'redis://localhost:6379';

describe('how many processes serve the chat', () => {
  it.each([
    [undefined, 1],
    ['', 1],
    ['1', 1],
    ['4', 4],
  ])('is one, or what is set: %p is %p', (PROCESSES, count) => {
    expect(processCount({ PROCESSES, REDIS_URL })).toBe(count);
  });

  it.each(['0', '-1', '1.5', 'all', '257', 'Infinity'])('stops the start when it is none: %s', (PROCESSES) => {
    const mend = 'use a whole number from 1 to 256, or leave it out';
    expect(() => processCount({ PROCESSES, REDIS_URL })).toThrow(`PROCESSES is "${PROCESSES}": ${mend}`);
  });

  it('stops the start when they would have nothing in common, and says what to set', () => {
    for (const url of [undefined, '']) {
      expect(() => processCount({ PROCESSES: '2', REDIS_URL: url })).toThrow('Set REDIS_URL, such as redis://');
      expect(processCount({ PROCESSES: '1', REDIS_URL: url })).toBe(1);
    }
  });
});
