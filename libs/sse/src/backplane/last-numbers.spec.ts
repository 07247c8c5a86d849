import { describe, expect, it } from '@jest/globals';
import { LastNumbers } from './last-numbers.js';

describe('LastNumbers', () => {
  it('knows the last number of a channel, and 0 of one that never had any', () => {
    const lasts = new LastNumbers(10);
    lasts.keep('room', 7);
    expect([lasts.of('room'), lasts.of('another')]).toEqual([7, 0]);
  });

  it('takes every channel that it does not know for one that it has forgotten', () => {
    const lasts = new LastNumbers(10);
    for (let number = 1; number <= 11; number++) lasts.keep(`room ${number}`, number * 10);
    expect([lasts.of('room 1'), lasts.of('room 2'), lasts.of('room 11'), lasts.of('never seen')]).toEqual([
      10, 20, 110, 10,
    ]);
  });

  it('says of no channel too low a number, however they come and go', () => {
    const lasts = new LastNumbers(10);
    const truth = new Map<string, number>();
    for (let number = 1; number <= 500; number++) {
      const channel = `room ${(number * number) % 37}`;
      lasts.release(channel);
      lasts.keep(channel, number);
      truth.set(channel, number);
    }
    for (const [channel, last] of truth) expect(lasts.of(channel)).toBeGreaterThanOrEqual(last);
  });
});
