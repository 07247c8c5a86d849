import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { TimerWheel, WheelEntry } from './timer-wheel.js';

class Note extends WheelEntry {
  constructor(private readonly ran: (at: number) => void) {
    super();
  }
  override run(): void {
    this.ran(performance.now());
  }
}

describe('TimerWheel', () => {
  let wheel: TimerWheel;
  beforeEach(() => {
    jest.useFakeTimers();
    wheel = new TimerWheel();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it.each([0, 1, 19, 20, 999, 20_480, 20_500, 100_000])(
    'runs what is due after %p ms then, up to 20 ms late',
    (delay) => {
      const start = performance.now();
      let ranAt: number | undefined;
      wheel.add(new Note((at) => (ranAt = at)), delay);
      jest.advanceTimersByTime(delay + 45);
      expect(ranAt).toBeGreaterThanOrEqual(start + delay);
      expect(ranAt).toBeLessThanOrEqual(start + delay + 41);
    },
  );

  it('runs nothing that was cancelled, and needs no timer when nothing waits', () => {
    const ran = jest.fn();
    const notes = [100, 50_000].map((delay) => {
      const note = new Note(ran);
      wheel.add(note, delay);
      return note;
    });
    expect(jest.getTimerCount()).toBe(1);
    for (const note of notes) wheel.cancel(note);
    expect(jest.getTimerCount()).toBe(0);
    jest.advanceTimersByTime(60_000);
    expect(ran).not.toHaveBeenCalled();
  });

  it('runs each of a thousand once, in slices, in the order of their times', () => {
    const start = performance.now();
    const ran: number[] = [];
    const delays = Array.from({ length: 1_000 }, (_, index) => (index * 7_919) % 3_000);
    for (const delay of delays) wheel.add(new Note(() => ran.push(delay)), delay);
    jest.advanceTimersByTime(3_100);
    expect(ran).toHaveLength(1_000);
    const slots = ran.map((delay) => Math.ceil((start + delay) / 20));
    expect(slots).toEqual([...slots].sort((one, other) => one - other));
    expect(jest.getTimerCount()).toBe(0);
  });

  it.each([0, 10, 25, 50, 1_000, 30_000])(
    'runs what was put back from within its own run, each time %p ms later',
    (delay) => {
      let times = 0;
      const note: Note = new Note(() => {
        if (++times < 50) wheel.add(note, delay);
      });
      wheel.add(note, delay);
      jest.advanceTimersByTime(50 * (delay + 41));
      expect(times).toBe(50);
      expect(jest.getTimerCount()).toBe(0);
    },
  );

  it('goes on after one that throws', () => {
    const error = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => {});
    const ran: string[] = [];
    const throws = () => {
      throw new Error('Not mine');
    };
    for (const delay of [20, 40]) wheel.add(new Note(throws), delay);
    wheel.add(new Note(() => ran.push('at the same time')), 20);
    wheel.add(new Note(() => ran.push('later')), 100);
    jest.advanceTimersByTime(200);
    expect(ran).toEqual(['at the same time', 'later']);
    expect(error).toHaveBeenCalledTimes(2);
    expect(jest.getTimerCount()).toBe(0);
    error.mockRestore();
  });

  it('runs everything that came due while the process was stopped', () => {
    const ran = jest.fn();
    for (let delay = 0; delay < 90_000; delay += 1_000) wheel.add(new Note(ran), delay);
    // The clock goes on and no timer fires, as under SIGSTOP.
    jest.setSystemTime(Date.now() + 1);
    jest.advanceTimersByTime(200_000);
    expect(ran).toHaveBeenCalledTimes(90);
  });
});
