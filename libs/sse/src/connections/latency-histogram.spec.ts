import { describe, expect, it } from '@jest/globals';
import { LATENCY_BUCKETS, LatencyHistogram, percentile } from './latency-histogram.js';

describe('LatencyHistogram', () => {
  it.each([
    [0, 0],
    [1, 0],
    [2, 1],
    [3, 2],
    [10_000, LATENCY_BUCKETS.length - 1],
    [10_001, LATENCY_BUCKETS.length],
  ])('counts %d ms in the bucket whose upper end is not below it', (milliseconds, bucket) => {
    const histogram = new LatencyHistogram();

    histogram.record(milliseconds);

    expect([histogram.counts.indexOf(1), histogram.sum]).toEqual([bucket, milliseconds]);
  });

  it('knows within which time a part of all stayed, as near as its buckets are', () => {
    const histogram = new LatencyHistogram();
    for (let done = 0; done < 90; done++) histogram.record(4);
    for (let done = 0; done < 10; done++) histogram.record(400);

    const { counts } = histogram;

    expect(percentile(counts, 0.5)).toBeGreaterThan(2);
    expect(percentile(counts, 0.5)).toBeLessThanOrEqual(5);
    expect(percentile(counts, 0.9)).toBe(5);
    expect(percentile(counts, 0.99)).toBeGreaterThan(200);
    expect(percentile(counts, 0.99)).toBeLessThanOrEqual(500);
  });

  it('says 0 of nothing, and the last end of what is beyond all buckets', () => {
    const histogram = new LatencyHistogram();
    expect(percentile(histogram.counts, 0.99)).toBe(0);

    histogram.record(60_000);

    expect(percentile(histogram.counts, 0.99)).toBe(10_000);
  });
});
