import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';

export interface Pace {
  /** ms between one and the next. 0: as fast as they open, `concurrency` of them at a time. */
  interval: number;
  /** How many may be under way at once where `interval` is 0. */
  concurrency: number;
}

/**
 * Calls `open` for 0 … count - 1 at the given pace, and resolves when each has settled. `open` must not reject.
 * Once `signal` is aborted no other is begun.
 */
export async function openPaced(
  count: number,
  { interval, concurrency }: Pace,
  open: (index: number) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  await (interval > 0 ? openByClock(count, interval, open, signal) : openByTurn(count, concurrency, open, signal));
}

/** By the clock and not by one timer each: timers come late, and the whole must not take longer than it was said to. */
async function openByClock(
  count: number,
  interval: number,
  open: (index: number) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const begun: Promise<void>[] = [];
  const start = performance.now();
  while (begun.length < count && !signal.aborted) {
    const due = Math.min(count, Math.floor((performance.now() - start) / interval) + 1);
    while (begun.length < due) begun.push(open(begun.length));
    if (begun.length === count) break;
    await delay(start + begun.length * interval - performance.now(), undefined, { signal }).catch(() => undefined);
  }
  await Promise.all(begun);
}

async function openByTurn(
  count: number,
  concurrency: number,
  open: (index: number) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count && !signal.aborted) await open(next++);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, count) }, lane));
}
