import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ExpirySweep } from './expiry-sweep.js';

describe('ExpirySweep', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('runs only while something is left that expires', () => {
    let left = 2;
    const sweep = new ExpirySweep([{ expire: () => --left > 0 }]);
    expect(jest.getTimerCount()).toBe(0);
    sweep.wake();
    sweep.wake();
    expect(jest.getTimerCount()).toBe(1);
    jest.advanceTimersByTime(60_000);
    expect([left, jest.getTimerCount()]).toEqual([0, 0]);
  });

  it('asks every part, whatever the others say, and wakes up again', () => {
    const asked: string[] = [];
    const part = (name: string, isAnyLeft: boolean) => ({
      expire: () => {
        asked.push(name);
        return isAnyLeft;
      },
    });
    const sweep = new ExpirySweep([part('one', true), part('two', false), part('three', true)]);
    sweep.wake();
    jest.advanceTimersByTime(5_000);
    expect(asked).toEqual(['one', 'two', 'three']);
    sweep.stop();
    expect(jest.getTimerCount()).toBe(0);
    sweep.wake();
    expect(jest.getTimerCount()).toBe(1);
    sweep.stop();
  });

  it('does not keep the process alive', () => {
    jest.useRealTimers();
    const unref = jest.spyOn(Object.getPrototypeOf(setTimeout(() => {}, 0).unref()) as NodeJS.Timeout, 'unref');
    const sweep = new ExpirySweep([{ expire: () => true }]);
    sweep.wake();
    expect(unref).toHaveBeenCalledTimes(1);
    sweep.stop();
    unref.mockRestore();
  });
});
