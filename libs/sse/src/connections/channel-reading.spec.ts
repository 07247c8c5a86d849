import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ChannelReading } from './channel-reading.js';
import { FlushScheduler } from './flush-scheduler.js';
import { Outbox } from './outbox.js';
import { QueueBudget } from './queue-budget.js';
import { Shedding } from './shedding.js';
import { Traffic } from './traffic.js';

const owner = { overflowed: () => undefined, unwritable: () => undefined, drained: () => undefined, tell: () => [] };

describe('ChannelReading', () => {
  let outbox: Outbox;
  let reading: ChannelReading;
  beforeEach(() => {
    const services = {
      scheduler: new FlushScheduler(),
      budget: new QueueBudget(1_000),
      shedding: new Shedding(),
      traffic: new Traffic(),
    };
    outbox = new Outbox(
      owner,
      { queue: { maxEvents: 8, maxBytes: 1_000, maxTotalBytes: 0 }, overflow: 'catch-up' },
      services,
    );
    reading = new ChannelReading(outbox);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('is given nothing, and held, before it is known where it stands', () => {
    expect([reading.isBehind, reading.isHeld, reading.epoch, reading.position]).toEqual([true, true, undefined, 0]);
  });

  it('is owed a channel from its position on, or from where it came to it', () => {
    reading.begin({ epoch: 'e', sequence: 10 });
    reading.joined('late', 15);
    reading.joined('earlier than its position', 5);
    reading.joined('coming', Infinity);
    expect(['a', 'late', 'earlier than its position', 'coming'].map((name) => reading.owedFrom(name))).toEqual([
      10,
      15,
      10,
      Infinity,
    ]);
    reading.begin({ epoch: 'e', sequence: 20 });
    expect(reading.owedFrom('late')).toBe(20);
    reading.left('coming');
    expect(reading.owedFrom('coming')).toBe(20);
  });

  it('knows where its client stands before anything is written, which an end mark needs', () => {
    reading.knows({ epoch: 'e', sequence: 7 });
    expect([reading.told, outbox.cursor]).toEqual([7, 'e-7']);
  });

  it('tells each loss once, and none of a channel that it has left', () => {
    expect(reading.takeLosses()).toBeUndefined();
    reading.lose('a', 'backplane');
    reading.lose('b', 'history');
    reading.left('b');
    expect([...reading.takeLosses()!]).toEqual([['a', 'backplane']]);
    expect(reading.takeLosses()).toBeUndefined();
    reading.lose('a', 'backplane');
    reading.left('a');
    expect(reading.takeLosses()).toBeUndefined();
  });

  it('has lost the thread too often with the third reset within a minute', () => {
    const now = jest.spyOn(performance, 'now');
    const resetAt = (seconds: number) => {
      now.mockReturnValue(seconds * 1_000);
      return reading.countReset();
    };
    expect([0, 30, 61, 62, 63].map(resetAt)).toEqual([false, false, false, true, true]);
    expect([200, 261, 322].map(resetAt)).toEqual([false, false, false]);
  });

  it('skips what it is told to', () => {
    expect(reading.skips(5)).toBe(false);
    reading.skip(5);
    expect([4, 5, 6].map((sequence) => reading.skips(sequence))).toEqual([false, true, false]);
  });
});
