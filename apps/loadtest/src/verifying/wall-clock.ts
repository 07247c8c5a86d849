import { performance } from 'node:perf_hooks';

/** What rounding of `Date.now()` may make of two readings of one clock, in ms. */
const TOLERANCE = 2;

/**
 * The time in ms since 1970 with fractions, as `performance.timeOrigin + performance.now()` gives it. That clock is set
 * once, when the process starts; in a long run the system's is corrected while it is not. So it is compared now and then.
 */
export class WallClock {
  #origin = performance.timeOrigin;

  now(): number {
    return this.#origin + performance.now();
  }

  /** To be called about once a second. */
  compare(systemTime = Date.now()): void {
    // `Date.now()` leaves the fraction out: half a millisecond is the best guess at it.
    const behind = systemTime + 0.5 - this.now();
    if (Math.abs(behind) > TOLERANCE) this.#origin += behind;
  }
}
