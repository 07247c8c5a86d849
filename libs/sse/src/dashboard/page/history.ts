import { type LiveView } from './answers.js';

/** Five minutes of looks are kept. */
const KEPT = 300;
/** After a longer time without a look, in seconds, a line is broken. */
const GAP = 6;

/** The looks of the last minutes, as columns for the plots: the times first, in seconds. */
export class History {
  readonly times: number[] = [];
  private readonly columns: (number | null)[][];

  constructor(private readonly valuesOf: readonly ((view: LiveView) => number)[]) {
    this.columns = valuesOf.map(() => []);
  }

  /** @param time when it came, in milliseconds: the clocks of two servers behind the same address may differ */
  add(view: LiveView, time: number): void {
    const now = time / 1_000;
    const last = this.times.at(-1) ?? -Infinity;
    if (now < last) this.forget();
    else if (Number.isFinite(last) && now - last > GAP) this.push(last + 1, () => null);
    this.push(now, (valueOf) => valueOf(view));
  }

  column(index: number): (number | null)[] {
    return this.columns[index] ?? [];
  }

  private push(time: number, read: (valueOf: (view: LiveView) => number) => number | null): void {
    this.times.push(time);
    this.valuesOf.forEach((valueOf, index) => this.columns[index]?.push(read(valueOf)));
    if (this.times.length <= KEPT) return;
    for (const column of [this.times, ...this.columns]) column.shift();
  }

  /** Somebody has set the clock back. */
  private forget(): void {
    for (const column of [this.times, ...this.columns]) column.length = 0;
  }
}
