import { performance } from 'node:perf_hooks';
import { type LoadCounts, noCounts } from '../load-counts.js';
import { type DeliveryCounts, type LatencySummary, type LoadSample, type PublishCounts } from '../load-report.js';

const SECOND = 1_000;

/** Where the numbers of a sample come from. */
export interface SampleSources {
  counts(): LoadCounts;
  latencyOfSecond?(): LatencySummary | undefined;
  delivery?(): DeliveryCounts;
  publish?(): PublishCounts | undefined;
}

/** Looks at a run once a second. */
export class RunSampler {
  readonly samples: LoadSample[] = [];

  readonly #start = performance.now();
  #secondsBefore = 0;
  #before = noCounts();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly sources: SampleSources,
    private readonly show: (sample: LoadSample) => void,
  ) {}

  get seconds(): number {
    return (performance.now() - this.#start) / SECOND;
  }

  start(): void {
    this.#timer = setInterval(() => this.#take(), SECOND);
  }

  /** Takes the part of a second that is left, too. */
  stop(): void {
    clearInterval(this.#timer);
    this.#take();
  }

  #take(): void {
    const { seconds } = this;
    const counts = this.sources.counts();
    const elapsed = Math.max(seconds - this.#secondsBefore, 0.001);
    const sample: LoadSample = {
      seconds,
      counts,
      eventsPerSecond: (counts.events - this.#before.events) / elapsed,
      bytesPerSecond: (counts.bytes - this.#before.bytes) / elapsed,
      latency: this.sources.latencyOfSecond?.(),
      delivery: this.sources.delivery?.(),
      publish: this.sources.publish?.(),
    };
    this.#before = counts;
    this.#secondsBefore = seconds;
    this.samples.push(sample);
    this.show(sample);
  }
}
