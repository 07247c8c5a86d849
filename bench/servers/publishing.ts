import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';

type Publish = () => Promise<unknown>;

/**
 * So many a second for so long, on time by the clock: a slow engine does not slow the publishers down. Resolves with
 * their number when all were accepted.
 */
export async function publishByClock(
  publish: Publish,
  { perSecond, milliseconds }: { perSecond: number; milliseconds: number },
): Promise<number> {
  const total = Math.round((perSecond * milliseconds) / 1000);
  const accepted: Promise<unknown>[] = [];
  const start = performance.now();
  while (accepted.length < total) {
    const due = Math.min(total, Math.ceil(((performance.now() - start) * perSecond) / 1000));
    while (accepted.length < due) accepted.push(publish());
    await delay(1);
  }
  await Promise.all(accepted);
  return total;
}

/** As many as are accepted, with so many on their way at once. */
export async function publishFlatOut(
  publish: Publish,
  { onTheirWay, milliseconds }: { onTheirWay: number; milliseconds: number },
): Promise<number> {
  const end = performance.now() + milliseconds;
  let published = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() < end) {
      await publish();
      published++;
    }
  };
  await Promise.all(Array.from({ length: onTheirWay }, lane));
  return published;
}
