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
    this.addValues(
      this.valuesOf.map((valueOf) => valueOf(view)),
      time,
    );
  }

  addValues(values: readonly number[], time: number): void {
    const now = time / 1_000;
    const last = this.times.at(-1) ?? -Infinity;
    if (now < last) this.forget();
    else if (Number.isFinite(last) && now - last > GAP) this.push(last + 1, []);
    this.push(now, values);
  }

  column(index: number): (number | null)[] {
    return this.columns[index] ?? [];
  }

  /** @param values none for a gap */
  private push(time: number, values: readonly number[]): void {
    this.times.push(time);
    this.columns.forEach((column, index) => column.push(values[index] ?? null));
    if (this.times.length <= KEPT) return;
    for (const column of [this.times, ...this.columns]) column.shift();
  }

  /** Somebody has set the clock back. */
  private forget(): void {
    for (const column of [this.times, ...this.columns]) column.length = 0;
  }
}
