import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { resolveOptions } from '../options/check-options.js';
import { type SseRateLimit } from '../options/rate-limit-options.js';
import { SseOptionsError } from '../options/sse-options-error.js';
import { RateLimiter } from './rate-limiter.js';
import { TimerWheel } from './timer-wheel.js';

describe('RateLimiter', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const limiter = (rateLimit?: SseRateLimit) => new RateLimiter(resolveOptions({ rateLimit }), new TimerWheel());
  const codeOf = (act: () => unknown): unknown => {
    try {
      return act();
    } catch (error) {
      return (error as { code?: string }).code;
    }
  };

  it('gives each key a bucket of its own, by the limit of the module', () => {
    const rates = limiter({ messagesPerSecond: 1.5 });
    const take = (key: string) => [1, 2, 3].map(() => rates.tryAcquire(key));

    expect([take('a'), take('b')]).toEqual([
      [true, true, false],
      [true, true, false],
    ]);
    expect([rates.delay('a'), rates.delay('never used')]).toEqual([667, 0]);
    jest.advanceTimersByTime(667);
    expect([rates.delay('a'), rates.tryAcquire('a')]).toEqual([0, true]);
  });

  it('takes as many tokens as it is told, or none', () => {
    const rates = limiter({ messagesPerSecond: 1, burst: 10 });

    expect([rates.tryAcquire('a', 7), rates.tryAcquire('a', 4), rates.tryAcquire('a', 3)]).toEqual([true, false, true]);
  });

  it('goes by a limit that is handed in, and by a new one from then on', () => {
    const rates = limiter();
    const [slow, fast] = [
      { messagesPerSecond: 0.5, burst: 1 },
      { messagesPerSecond: 100, burst: 1 },
    ];

    expect([rates.tryAcquire('a', 1, slow), rates.tryAcquire('a', 1, slow), rates.delay('a')]).toEqual([
      true,
      false,
      2_000,
    ]);
    expect(rates.tryAcquire('a', 1, fast)).toBe(false);
    expect(rates.delay('a')).toBe(10);
  });

  it('throws where there is nothing to go by, and what can never be', () => {
    const tokens = (cost: number) => () => limiter({ messagesPerSecond: 5 }).tryAcquire('a', cost);

    expect(codeOf(() => limiter().tryAcquire('a'))).toBe('SSE_NO_RATE_LIMIT');
    expect([6, -1, NaN].map((cost) => codeOf(tokens(cost)))).toEqual(Array(3).fill('SSE_RATE_COST'));
    expect(() => limiter().tryAcquire('a', 1, { messagesPerSecond: 0 })).toThrow(SseOptionsError);
  });

  it('leaves nothing of many keys that are used once', () => {
    const rates = limiter({ messagesPerSecond: 10 });
    for (let n = 0; n < 10_000; n++) rates.tryAcquire(`key ${n}`);
    expect(jest.getTimerCount()).toBe(1);

    jest.advanceTimersByTime(10_000);

    expect(jest.getTimerCount()).toBe(0);
  });
});
