import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TokenBucket } from './token-bucket.js';

describe('TokenBucket', () => {
  it('is full at first, and then fills at its rate up to its burst', () => {
    const bucket = new TokenBucket({ messagesPerSecond: 10, burst: 3 });
    const takeAll = (now: number) => [1, 2, 3, 4].filter(() => bucket.tryTake(now)).length;

    expect([takeAll(1_000), takeAll(1_099), takeAll(1_100), takeAll(1_300), takeAll(60_000)]).toEqual([3, 0, 1, 2, 3]);
  });

  it('says for how long there will be no token', () => {
    const bucket = new TokenBucket({ messagesPerSecond: 3, burst: 2 });
    expect(bucket.wait(0, 2)).toBe(0);
    bucket.take(0, 2);

    expect([bucket.wait(0), bucket.wait(0, 2), bucket.wait(300)]).toEqual([334, 667, 34]);
  });

  it('may be overdrawn, and is filled up before it gives anything again', () => {
    const bucket = new TokenBucket({ messagesPerSecond: 10, burst: 1 });
    bucket.take(0, 5);

    expect(bucket.available(0)).toBe(-4);
    expect([bucket.tryTake(499), bucket.tryTake(500)]).toEqual([false, true]);
  });

  it('is full again when all that was taken has come back', () => {
    const bucket = new TokenBucket({ messagesPerSecond: 10, burst: 5 });
    bucket.take(0, 2);

    expect([bucket.isFull(199), bucket.isFull(200)]).toEqual([false, true]);
  });

  it('keeps what is missing when its rate changes', () => {
    const bucket = new TokenBucket({ messagesPerSecond: 10, burst: 5 });
    bucket.take(0, 5);
    bucket.setRate({ messagesPerSecond: 1, burst: 5 }, 0);

    expect([bucket.available(0), bucket.wait(0)]).toEqual([0, 1_000]);
  });

  it('never gives more in any time than its burst and its rate, and gives a token when it said so', () => {
    const rate = fc.record({
      messagesPerSecond: fc.oneof(fc.integer({ min: 1, max: 1_000 }), fc.double({ min: 0.1, max: 50, noNaN: true })),
      burst: fc.integer({ min: 1, max: 20 }),
    });
    fc.assert(
      fc.property(rate, fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 100 }), (limit, pauses) => {
        const bucket = new TokenBucket(limit);
        const taken: number[] = [];
        let now = 0;
        for (const pause of pauses) {
          now += pause;
          while (bucket.tryTake(now)) taken.push(now);
          expect(bucket.wait(now)).toBeGreaterThan(0);
        }
        now += bucket.wait(now);
        expect(bucket.tryTake(now)).toBe(true);
        taken.push(now);
        for (const [first, start] of taken.entries()) {
          for (let last = first; last < taken.length; last++) {
            const allowed = limit.burst + ((taken[last]! - start) * limit.messagesPerSecond) / 1_000;
            expect(last - first + 1).toBeLessThanOrEqual(allowed + 1e-6);
          }
        }
      }),
    );
  });
});
