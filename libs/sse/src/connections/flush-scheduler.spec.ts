import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { FlushScheduler } from './flush-scheduler.js';

describe('FlushScheduler', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  function flushable() {
    return { flush: jest.fn() };
  }
  const endTick = () => jest.advanceTimersByTime(0);

  it('flushes at the end of the tick without a window', () => {
    const [scheduler, outbox] = [new FlushScheduler(), flushable()];
    scheduler.schedule(outbox);
    expect(outbox.flush).not.toHaveBeenCalled();

    endTick();

    expect(outbox.flush).toHaveBeenCalledTimes(1);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('flushes all at the end of the window that the first of them has opened', () => {
    const scheduler = new FlushScheduler({ maxDelay: 100, maxEvents: 10 });
    const [one, other] = [flushable(), flushable()];
    scheduler.schedule(one);
    jest.advanceTimersByTime(60);
    scheduler.schedule(other);
    jest.advanceTimersByTime(39);
    expect(one.flush).not.toHaveBeenCalled();

    jest.advanceTimersByTime(1);

    expect([one, other].map(({ flush }) => flush.mock.calls.length)).toEqual([1, 1]);
  });

  it.each([
    ['wider', 500, 500],
    ['narrower', 20, 100],
  ])(
    'goes by the larger of option and lever where the lever is %s, and by the option again after',
    (_is, lever, time) => {
      const [scheduler, outbox] = [new FlushScheduler({ maxDelay: 100 }), flushable()];
      const flushesAfter = (milliseconds: number) => {
        scheduler.schedule(outbox);
        jest.advanceTimersByTime(milliseconds - 1);
        const before = outbox.flush.mock.calls.length;
        jest.advanceTimersByTime(1);
        return outbox.flush.mock.calls.length - before;
      };
      scheduler.window = lever;
      expect(flushesAfter(time)).toBe(1);

      scheduler.window = 0;

      expect(flushesAfter(100)).toBe(1);
    },
  );

  it('flushes one that is in a hurry at the end of the tick, in any tick of the window, and nobody else', () => {
    const scheduler = new FlushScheduler({ maxDelay: 100 });
    const [hasty, calm] = [flushable(), flushable()];
    scheduler.schedule(hasty);
    scheduler.schedule(calm);
    jest.advanceTimersByTime(50);

    scheduler.hasten(hasty);
    scheduler.hasten(hasty);
    endTick();

    expect([hasty, calm].map(({ flush }) => flush.mock.calls.length)).toEqual([1, 0]);
  });
});
