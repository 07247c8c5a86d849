import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { monotonicNow } from './monotonic.js';
import { TimerWheel } from './timer-wheel.js';
import { TokenLine, type TokenWaiter } from './token-line.js';
import { TokenLines } from './token-lines.js';

const RATE = { messagesPerSecond: 10, burst: 2 };
const SECOND = 1_000;

let wheel: TimerWheel;
beforeEach(() => {
  jest.useFakeTimers();
  wheel = new TimerWheel();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('TokenLine', () => {
  /** Wants so many tokens, and takes no more than it is given. */
  class Waiter implements TokenWaiter {
    had = 0;
    constructor(
      private readonly line: TokenLine,
      private wants: number,
    ) {
      line.wait(this);
    }
    takeTurn(now: number, tokens: number): void {
      for (; tokens > 0 && this.wants > 0 && this.line.bucket.tryTake(now); tokens--) {
        this.had++;
        this.wants--;
      }
      if (this.wants > 0) this.line.wait(this);
    }
  }

  it('gives all who wait the same, however much one of them wants', () => {
    const line = new TokenLine(RATE, wheel);
    line.bucket.take(monotonicNow(), 2);
    const [greedy, modest, late] = [new Waiter(line, 1_000), new Waiter(line, 1_000), new Waiter(line, 1_000)];

    jest.advanceTimersByTime(6 * SECOND);

    const had = [greedy.had, modest.had, late.had];
    expect(had.reduce((sum, count) => sum + count)).toBeGreaterThanOrEqual(55);
    expect(Math.max(...had) - Math.min(...had)).toBeLessThanOrEqual(2);
  });

  it('gives one who waits alone all that there is at once', () => {
    const line = new TokenLine(RATE, wheel);
    line.bucket.take(monotonicNow(), 1);
    const waiter = new Waiter(line, 2);
    jest.advanceTimersByTime(40);

    expect(waiter.had).toBe(1);
  });

  it('wakes nobody who has left, and needs no timer without anybody', () => {
    const line = new TokenLine(RATE, wheel);
    line.bucket.take(monotonicNow(), 2);
    const waiter = new Waiter(line, 1);
    line.leave(waiter);
    expect(jest.getTimerCount()).toBe(0);

    jest.advanceTimersByTime(SECOND);

    expect([waiter.had, line.isBusy]).toEqual([0, false]);
  });
});

describe('TokenLines', () => {
  let lines: TokenLines;
  beforeEach(() => {
    lines = new TokenLines(wheel);
  });

  it('forget a bucket that is full again, though there were many, and then need no timer', () => {
    for (let n = 0; n < 10_000; n++) lines.add(`key ${n}`, RATE).bucket.take(monotonicNow());

    jest.advanceTimersByTime(6 * SECOND);

    expect([lines.get('key 0'), lines.get('key 9999')]).toEqual([undefined, undefined]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('keep one from which something is missing', () => {
    lines.add('user', RATE).bucket.take(monotonicNow(), 100);
    jest.advanceTimersByTime(6 * SECOND);
    expect(lines.get('user')).toBeDefined();

    jest.advanceTimersByTime(10 * SECOND);
    expect(lines.get('user')).toBeUndefined();
  });

  it('are the same for all who hold a key, and do not look at it while they do', () => {
    const [one, other] = [lines.hold('user', RATE), lines.hold('user', RATE)];
    expect(one).toBe(other);
    lines.release('user');
    expect(jest.getTimerCount()).toBe(0);

    jest.advanceTimersByTime(20 * SECOND);

    expect(lines.get('user')).toBe(one);
    lines.release('user');
    expect(lines.get('user')).toBeUndefined();
  });

  it('give one who comes back at once no new bucket', () => {
    const line = lines.hold('user', RATE);
    line.bucket.take(monotonicNow(), 2);
    lines.release('user');

    expect(lines.hold('user', RATE)).toBe(line);
    jest.advanceTimersByTime(20 * SECOND);
    expect(lines.hold('user', RATE)).toBe(line);
  });
});
