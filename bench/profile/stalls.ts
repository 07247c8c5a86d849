import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';

/** How long the event loop kept a timer waiting that is due each millisecond, in ms. */
export interface Stalls {
  longest: number;
  /** 999 of 1,000 waited no longer. */
  p999: number;
}

/** ms. The least that Node takes. */
const RESOLUTION = 1;

/** Watches for stalls of the event loop between start and stop. It costs CPU time of its own. */
export class StallWatch {
  #histogram: IntervalHistogram | undefined;

  start(): null {
    this.#histogram = monitorEventLoopDelay({ resolution: RESOLUTION });
    this.#histogram.enable();
    return null;
  }

  stop(): Stalls {
    if (!this.#histogram) throw new Error('The watch was not started');
    this.#histogram.disable();
    const { max } = this.#histogram;
    // What it records is the time from one timer to the next.
    return { longest: delay(max), p999: delay(this.#histogram.percentile(99.9)) };
  }
}

function delay(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e6 - RESOLUTION);
}
