import { availableParallelism, loadavg, totalmem } from 'node:os';
import { type IntervalHistogram, monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { type ResourceSample } from './resource-sample.js';

/** How often the delay of the event loop is measured, in milliseconds: twice under the least delay that matters. */
const RESOLUTION = 20;
const NANOSECONDS = 1e6;
const MICROSECONDS = 1e3;

type ProcessSample = Omit<ResourceSample, 'at' | 'connections' | 'publishes' | 'queues'>;

/** Reads what the operating system and Node know of this process. What has a duration goes from one reading to the next. */
export class ProcessReader {
  private readonly delay: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION });
  private readonly memoryLimit = memoryLimit();
  private delayBefore = { eventLoopDelay: 0, eventLoopDelayMax: 0 };
  private cpuBefore = process.cpuUsage();
  private utilizationBefore = performance.eventLoopUtilization();
  private at = performance.now();

  /** Begins to measure the event loop, which wakes the process every 20 ms. */
  start(): void {
    this.delay.enable();
    // What it took to start is no sign of pressure.
    this.begin(performance.now());
  }

  stop(): void {
    this.delay.disable();
  }

  read(): ProcessSample {
    const now = performance.now();
    const { user, system } = process.cpuUsage(this.cpuBefore);
    const utilization = performance.eventLoopUtilization(this.utilizationBefore);
    const { rss, heapUsed } = process.memoryUsage();
    const heapLimit = getHeapStatistics().heap_size_limit;
    const sample = {
      cpu: now > this.at ? percent((user + system) / MICROSECONDS, now - this.at) : 0,
      cores: availableParallelism(),
      rss,
      memoryLimit: this.memoryLimit,
      memory: percent(rss, this.memoryLimit),
      heapUsed,
      heapLimit,
      heap: percent(heapUsed, heapLimit),
      loadAverage: loadavg()[0] ?? 0,
      ...this.readDelay(),
      eventLoopUtilization: percent(utilization.utilization, 1),
    };
    this.begin(now);
    return sample;
  }

  private begin(now: number): void {
    this.at = now;
    this.cpuBefore = process.cpuUsage();
    this.utilizationBefore = performance.eventLoopUtilization();
  }

  /**
   * A histogram that was reset measures from its next tick on: a loop that is blocked from one look to the next has none in
   * between. It is as late as it was then, and not reset, or it would never be seen.
   */
  private readDelay(): typeof this.delayBefore {
    const { delay } = this;
    if (delay.count === 0) return this.delayBefore;
    this.delayBefore = { eventLoopDelay: late(delay.percentile(99)), eventLoopDelayMax: late(delay.max) };
    delay.reset();
    return this.delayBefore;
  }
}

/** What Node measures is the time between two looks, of which the resolution was waited for. */
function late(nanoseconds: number): number {
  return Math.max(0, Math.round((nanoseconds / NANOSECONDS - RESOLUTION) * 10) / 10);
}

function percent(part: number, whole: number): number {
  return Math.round((part / whole) * 1_000) / 10;
}

/** A cgroup without a limit says so by a number beyond all memory. */
function memoryLimit(): number {
  const limit = process.constrainedMemory();
  return limit > 0 && limit < totalmem() ? limit : totalmem();
}
