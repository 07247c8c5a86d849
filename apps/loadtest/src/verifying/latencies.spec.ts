import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Latencies } from './latencies.js';

describe('Latencies', () => {
  it('has nothing to say of nothing', () => {
    expect(new Latencies().summary()).toBeUndefined();
  });

  it('knows every percentile of what came to a tenth of a percent', () => {
    const milliseconds = fc.double({ min: 0, max: 100_000, noNaN: true });
    fc.assert(
      fc.property(fc.array(milliseconds, { minLength: 1, maxLength: 200 }), (values) => {
        const latencies = new Latencies();
        for (const value of values) latencies.add(value);
        const sorted = [...values].sort((one, other) => one - other);
        const summary = latencies.summary()!;
        for (const [share, name] of [
          [50, 'p50'],
          [90, 'p90'],
          [99, 'p99'],
          [99.9, 'p999'],
        ] as const) {
          const exact = sorted[Math.ceil((share / 100) * sorted.length) - 1]!;
          expect(Math.abs(summary[name] - exact)).toBeLessThanOrEqual(exact / 1_000 + 0.002);
        }
        expect(summary).toMatchObject({ count: values.length, min: sorted[0], max: sorted.at(-1) });
      }),
    );
  });

  it('is the sum of its parts', () => {
    const [sum, first, second] = [new Latencies(), new Latencies(), new Latencies()];
    for (let value = 1; value <= 100; value++) (value % 2 === 0 ? first : second).add(value);
    sum.merge(first);
    sum.merge(second);
    expect(sum.summary()).toMatchObject({ count: 100, min: 1, max: 100 });
    first.reset();
    expect(first.summary()).toBeUndefined();
  });

  it('takes what is longer than an hour, and what is below nothing', () => {
    const latencies = new Latencies();
    latencies.add(1e9);
    latencies.add(-5);
    expect(latencies.summary()).toMatchObject({ count: 2, min: 0, max: 1e9 });
  });
});
