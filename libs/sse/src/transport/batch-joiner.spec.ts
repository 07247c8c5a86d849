import { describe, expect, it } from '@jest/globals';
import { Frame } from '../protocol/frame.js';
import { BatchJoiner } from './batch-joiner.js';

describe('BatchJoiner', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((text) => new Frame(text)) as [Frame, Frame, Frame];

  it('joins for the second who sends the same frames, once for all', () => {
    const joiner = new BatchJoiner(({ payload }) => payload);
    expect(joiner.join([a, b])).toBeUndefined();
    const joined = joiner.join([a, b]);
    expect(joined?.toString()).toBe('ab');
    expect(joiner.join([a, b])).toBe(joined);
  });

  it('never takes other frames for the same', () => {
    const joiner = new BatchJoiner(({ payload }) => payload);
    joiner.join([a, b]);
    expect(joiner.join([a, c])).toBeUndefined();
    expect(joiner.join([a, b])).toBeUndefined();
    expect(joiner.join([a])).toBeUndefined();
    expect(joiner.join([a, b, c])).toBeUndefined();
  });
});
