import { build, type Histogram } from 'hdr-histogram-js';
import { type LatencySummary } from '../load-report.js';

const PER_MILLISECOND = 1_000;
/** An hour. Longer ones count as that. */
const LONGEST = 3_600_000 * PER_MILLISECOND;

/**
 * Durations in a histogram of high dynamic range: each is kept to a tenth of a percent, from a microsecond to an hour, in
 * the same memory however many there are. So a percentile is one of what was measured, and not of averages.
 */
export class Latencies {
  readonly #histogram: Histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: LONGEST,
    numberOfSignificantValueDigits: 3,
    bitBucketSize: 32,
    useWebAssembly: false,
  });
  #least = Infinity;
  #most = 0;

  get count(): number {
    return this.#histogram.totalCount;
  }

  add(milliseconds: number): void {
    const value = Math.max(0, milliseconds);
    if (value < this.#least) this.#least = value;
    if (value > this.#most) this.#most = value;
    this.#histogram.recordValue(Math.min(Math.round(value * PER_MILLISECOND), LONGEST));
  }

  /** Adds all of the other's. */
  merge(other: Latencies): void {
    this.#histogram.add(other.#histogram);
    this.#least = Math.min(this.#least, other.#least);
    this.#most = Math.max(this.#most, other.#most);
  }

  /** @returns `undefined` where nothing was measured */
  summary(): LatencySummary | undefined {
    if (this.count === 0) return undefined;
    // The upper end of a bucket may lie beyond the largest value in it.
    const at = (percentile: number): number =>
      Math.min(this.#histogram.getValueAtPercentile(percentile) / PER_MILLISECOND, this.#most);
    return {
      count: this.count,
      min: this.#least,
      p50: at(50),
      p90: at(90),
      p95: at(95),
      p99: at(99),
      p999: at(99.9),
      max: this.#most,
    };
  }

  reset(): void {
    this.#histogram.reset();
    this.#least = Infinity;
    this.#most = 0;
  }
}
