import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type SseBatchingOptions } from '../options/sse-module-options.js';
import { Frame } from '../protocol/frame.js';
import { type ResponseWriter } from '../transport/response-writer.js';
import { FlushScheduler } from './flush-scheduler.js';
import { Outbox } from './outbox.js';
import { QueueBudget } from './queue-budget.js';
import { Shedding } from './shedding.js';
import { Traffic } from './traffic.js';

describe('an Outbox whose events are collected', () => {
  let scheduler: FlushScheduler;
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  function open(batching: SseBatchingOptions = { maxDelay: 100, maxEvents: 10 }) {
    scheduler = new FlushScheduler(batching);
    const writes: number[] = [];
    const drained = jest.fn();
    const owner = { overflowed: () => undefined, unwritable: () => undefined, drained, tell: () => [] };
    const settings = {
      queue: { maxEvents: 1_000, maxBytes: 1_000_000, maxTotalBytes: 0 },
      overflow: 'drop-oldest' as const,
    };
    const services = {
      scheduler,
      budget: new QueueBudget(1_000_000),
      shedding: new Shedding(),
      traffic: new Traffic(),
    };
    const box = new Outbox(owner, settings, services);
    const write = (count: number) => void writes.push(count);
    box.open(
      {
        blocked: false,
        write: () => write(1),
        writeAll: (frames: readonly Frame[]) => write(frames.length),
      } as unknown as ResponseWriter,
      1,
    );
    /** Each in a tick of its own. */
    const push = (count: number) => {
      for (let n = 0; n < count; n++) {
        box.push(new Frame('event'));
        jest.advanceTimersByTime(1);
      }
    };
    return { box, writes, push, drained };
  }

  it('writes what falls into the window at once', () => {
    const { writes, push } = open();
    push(9);
    expect(writes).toEqual([]);

    jest.advanceTimersByTime(100);

    expect(writes).toEqual([9]);
  });

  it('writes ten at the end of their tick, and the eleventh with the window', () => {
    const { writes, push } = open();
    push(11);
    expect(writes).toEqual([10]);

    jest.advanceTimersByTime(100);

    expect(writes).toEqual([10, 1]);
  });

  it('goes on so: each ten are a write', () => {
    const { writes, push } = open({ maxDelay: 10_000, maxEvents: 10 });
    push(100);

    expect(writes).toEqual(Array(10).fill(10));
  });

  it('collects any number where only the lever of load shedding asks for it', () => {
    const { writes, push } = open({});
    scheduler.window = 100;
    push(50);
    jest.advanceTimersByTime(100);

    expect(writes).toEqual([50]);
  });

  it.each<[string, SseBatchingOptions, number]>([
    ['the option', { maxDelay: 10_000, maxEvents: 1_000 }, 0],
    ['the lever', {}, 10_000],
  ])('does not keep a source waiting that is paused after sixteen events, by %s', (_by, batching, lever) => {
    const { box, writes, drained } = open(batching);
    scheduler.window = lever;
    for (let round = 1; round <= 3; round++) {
      while (box.hasRoom) box.push(new Frame('value'));
      box.awaitDrain();
      jest.advanceTimersByTime(0);
      expect(drained).toHaveBeenCalledTimes(round);
    }
    expect(writes).toEqual([16, 16, 16]);
  });

  it('lets a critical event leave at once, with all that was collected before it', () => {
    const { box, writes, push } = open({ maxDelay: 10_000, maxEvents: 10 });
    push(3);
    box.push(new Frame('alarm', { priority: 'critical' }));

    expect(writes).toEqual([4]);
  });
});
