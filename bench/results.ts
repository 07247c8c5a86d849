import { type ContenderId } from './contenders.js';
import { median } from './statistics.js';
import { type Sample, type WorkId } from './works/work.js';

/** All samples of a run, by work and contender, one for each round. */
export class Results {
  readonly samples: Partial<Record<WorkId, Partial<Record<ContenderId, Sample[]>>>> = {};
  /** Turns that came to nothing, in words. */
  readonly failures: string[] = [];

  add(work: WorkId, contender: ContenderId, sample: Sample): void {
    const ofWork = (this.samples[work] ??= {});
    (ofWork[contender] ??= []).push(sample);
  }

  /** The values of the rounds that have one; empty where it was not measured. */
  values(work: WorkId, contender: ContenderId, metric: string): number[] {
    return (this.samples[work]?.[contender] ?? [])
      .map((sample) => sample[metric] ?? NaN)
      .filter((value) => !Number.isNaN(value));
  }

  /** The median of the rounds; NaN where it was not measured. */
  median(work: WorkId, contender: ContenderId, metric: string): number {
    return median(this.values(work, contender, metric));
  }
}
