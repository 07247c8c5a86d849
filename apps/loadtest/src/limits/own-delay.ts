import { type IntervalHistogram, monitorEventLoopDelay, performance } from 'node:perf_hooks';

/** ms between two looks of the monitor: what it measures is this and the delay. */
const RESOLUTION = 10;
/** A delay up to here is the granularity of timers and a collection of garbage. */
const HARMLESS = 20;
/** From this share of what was measured on, it matters. */
const SHARE = 0.25;
const BUSY = 0.9;

/** How much of what is measured is due to this process itself, which has one thread for all of its streams. */
export class OwnDelay {
  readonly #delays: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION });
  readonly #before = performance.eventLoopUtilization();

  constructor() {
    this.#delays.enable();
  }

  /** ms by which the loop was late; of 100 looks 99 found less. */
  get p99(): number {
    return Math.max(0, this.#delays.percentile(99) / 1e6 - RESOLUTION);
  }

  /** The share of the time in which it was busy. */
  get utilization(): number {
    return performance.eventLoopUtilization(this.#before).utilization;
  }

  stop(): void {
    this.#delays.disable();
  }
}

/**
 * Says that the tester was the limit, or nothing where it was not.
 *
 * @param measured the 99th percentile of what it has measured, in ms
 */
export function explainOwnDelay(
  { p99, utilization }: Pick<OwnDelay, 'p99' | 'utilization'>,
  measured = 0,
): string | undefined {
  const isBusy = utilization > BUSY;
  if (!isBusy && p99 <= Math.max(HARMLESS, measured * SHARE)) return undefined;
  const what = isBusy
    ? `This process was busy ${Math.round(utilization * 100)} % of the time`
    : `This process was late by ${Math.round(p99)} ms at times (99th percentile of its event loop)`;
  return (
    `${what}: latencies are partly its own. ` +
    `Run several testers with fewer streams each, on other cores than the server; --gzip, --verify and https:// cost most.`
  );
}
