import { type LoadSample } from '../load-report.js';
import { type LoadPlan } from './load-view.js';

/** As wide as a terminal can be of which the sparklines fill a part. */
const KEPT = 300;

/** How far a run has come, and what the last seconds of it were like. */
export class RunProgress {
  /** The last of them, oldest first. */
  readonly samples: LoadSample[] = [];
  /** The moment of the first sample in which nothing was left to open, in seconds of the run. */
  #openSince: number | undefined;

  constructor(readonly plan: LoadPlan) {}

  add(sample: LoadSample): void {
    this.samples.push(sample);
    if (this.samples.length > KEPT) this.samples.shift();
    const { started, opening } = sample.counts;
    if (started >= this.plan.connections && opening === 0) this.#openSince ??= sample.seconds;
  }

  get last(): LoadSample | undefined {
    return this.samples.at(-1);
  }

  /** The last second in which an event carried a time. */
  get lastTimed(): LoadSample | undefined {
    return this.samples.findLast(({ latency }) => latency !== undefined);
  }

  /** How many of the streams have had their answer, good or bad. */
  get answered(): number {
    const { started = 0, opening = 0 } = this.last?.counts ?? {};
    return this.#openSince === undefined ? Math.min(started - opening, this.plan.connections) : this.plan.connections;
  }

  /** For how many seconds all have been held. */
  get held(): number {
    if (this.#openSince === undefined) return 0;
    return Math.min((this.last?.seconds ?? 0) - this.#openSince, this.plan.duration);
  }
}
