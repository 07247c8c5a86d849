/** Seconds over which rates are taken: long enough to be steady, short enough to be now. */
const SECONDS = 10;

interface Mark {
  readonly at: number;
  readonly counts: Float64Array;
}

/** Counters as they were over the last seconds, for what has come to them since. */
export class CounterWindow {
  private readonly marks: Mark[] = [];

  /** To be called every second. */
  mark(counts: Float64Array, now: number): void {
    this.marks.push({ at: now, counts });
    if (this.marks.length > SECONDS + 1) this.marks.shift();
  }

  /** What has come to each counter, and in how many seconds. */
  since(counts: Float64Array, now: number): { seconds: number; grown: Float64Array } {
    const [first] = this.marks;
    if (!first) return { seconds: 0, grown: new Float64Array(counts.length) };
    return {
      seconds: (now - first.at) / 1_000,
      grown: counts.map((count, index) => count - (first.counts[index] ?? 0)),
    };
  }
}
