import { describe, expect, it } from '@jest/globals';
import { type QueuedMessage } from '../backplane/queue-port.js';
import { QueueProgress } from './queue-progress.js';

function message(epoch: string, sequence: number): QueuedMessage {
  return { id: `${epoch}-${sequence}`, sequence, message: { channel: '$user.ann' }, attempts: 0 };
}

describe('QueueProgress', () => {
  it('has what was given, up to the last of it', () => {
    const progress = new QueueProgress('a');
    expect(progress.has(message('a', 1))).toBe(false);
    progress.add(message('a', 2));
    expect([1, 2, 3].map((n) => progress.has(message('a', n)))).toEqual([true, true, false]);
    progress.reach(5);
    progress.reach(4);
    expect([5, 6].map((n) => progress.has(message('a', n)))).toEqual([true, false]);
  });

  it('keeps apart what is of the logs before: their numbers say nothing of this one', () => {
    const progress = new QueueProgress('b');
    progress.add(message('a', 90));
    expect([progress.has(message('a', 90)), progress.has(message('b', 1))]).toEqual([true, false]);
    progress.add(message('b', 1));
    expect(progress.has(message('a', 91))).toBe(false);
  });

  it('has of a new log nothing, and of the last what it had', () => {
    const progress = new QueueProgress('a');
    progress.add(message('a', 90));
    progress.goOver('b');
    progress.goOver('b');
    expect([90, 91].map((n) => progress.has(message('a', n)))).toEqual([true, false]);
    expect(progress.has(message('b', 80))).toBe(false);
    progress.add(message('b', 80));
    expect([80, 81].map((n) => progress.has(message('b', n)))).toEqual([true, false]);
  });
});
