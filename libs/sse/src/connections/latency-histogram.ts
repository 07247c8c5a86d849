/** Upper ends of the buckets, in milliseconds. What took longer is in one more. */
export const LATENCY_BUCKETS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000] as const;

/**
 * How long things took, in buckets as Prometheus has them: to record costs a comparison or two and no memory, where a
 * histogram of exact values costs ten times that (25 ns, Node's own as well as hdr-histogram-js) at each delivery.
 */
export class LatencyHistogram {
  /** How often each bucket was met, the last one for all above. Never goes down. */
  readonly counts = new Float64Array(LATENCY_BUCKETS.length + 1);
  /** Milliseconds in all. */
  sum = 0;

  record(milliseconds: number): void {
    let bucket = 0;
    while (bucket < LATENCY_BUCKETS.length && milliseconds > (LATENCY_BUCKETS[bucket] as number)) bucket++;
    this.counts[bucket] = (this.counts[bucket] as number) + 1;
    this.sum += milliseconds;
  }
}

/**
 * The time within which a part of all stayed, between 0 and 1; of buckets, thus an estimate: even within each of them.
 * 0 where nothing was recorded.
 */
export function percentile(counts: ArrayLike<number>, part: number): number {
  let total = 0;
  for (let bucket = 0; bucket < counts.length; bucket++) total += counts[bucket] as number;
  let missing = total * part;
  for (let bucket = 0; bucket < LATENCY_BUCKETS.length; bucket++) {
    const count = counts[bucket] as number;
    const [from, to] = [LATENCY_BUCKETS[bucket - 1] ?? 0, LATENCY_BUCKETS[bucket] as number];
    if (count > 0 && missing <= count) return from + ((to - from) * missing) / count;
    missing -= count;
  }
  return total === 0 ? 0 : (LATENCY_BUCKETS.at(-1) as number);
}
