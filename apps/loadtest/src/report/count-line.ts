import { type LoadSample } from '../load-report.js';
import { bytes, count, milliseconds, rate } from './number-format.js';
import { reasons, streamCounts } from './stream-counts.js';

/**
 * One line for one moment of a run, with the rate since the line before.
 *
 * @example `  10 s  open 1,000  opening 0  refused 2 (503: 2)  failed 0  dropped 0  ended 0  events 12,000 (1,200/s)  2.5 MB`
 */
export function countLine(sample: LoadSample, before?: LoadSample): string {
  const { seconds, counts, latency, delivery, publish } = sample;
  const elapsed = Math.max(seconds - (before?.seconds ?? 0), 0.001);
  const perSecond = (counts.events - (before?.counts.events ?? 0)) / elapsed;
  const parts = [
    `${seconds.toFixed(0).padStart(4)} s`,
    ...streamCounts(counts).map(({ name, value, why }) => `${name} ${withReasons(value, why)}`),
    `events ${count(counts.events)} (${rate(perSecond)}/s)`,
    bytes(counts.bytes),
  ];
  if (latency) parts.push(`p50 ${milliseconds(latency.p50)}`, `p99 ${milliseconds(latency.p99)}`);
  if (delivery) {
    const { lost, duplicated, outOfOrder } = delivery;
    parts.push(`lost ${count(lost)}`, `duplicated ${count(duplicated)}`, `out of order ${count(outOfOrder)}`);
  }
  if (publish) parts.push(`published ${count(publish.answered)} of ${count(publish.due)}`);
  return parts.join('  ');
}

/** `2 (503: 2)`. */
function withReasons(value: number, by: Record<string, number> = {}): string {
  const why = reasons(by);
  return count(value) + (why === '' ? '' : ` (${why})`);
}
