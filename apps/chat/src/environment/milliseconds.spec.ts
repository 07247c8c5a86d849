import { describe, expect, it } from '@jest/globals';
import { streamOptions } from '../stream/stream-options.js';

describe('a time of the environment', () => {
  it.each([
    [undefined, 0],
    ['', 0],
    ['15000', 15_000],
  ])('is what is set, or else a default: %p is %p', (DRAIN_DELAY, readinessDelay) => {
    expect(streamOptions({ DRAIN_DELAY }).shutdown).toEqual({ readinessDelay });
  });

  it.each([
    ['DRAIN_DELAY', '-1'],
    ['DRAIN_DELAY', 'soon'],
    ['PRESENCE_GRACE', 'Infinity'],
    ['RECONNECT_AFTER', '3s'],
    ['SESSION_LIFE', '0'],
  ])('stops the start when it is none: %s=%s', (name, given) => {
    expect(() => streamOptions({ [name]: given })).toThrow(`${name} is "${given}": use milliseconds, or leave it out`);
  });
});
