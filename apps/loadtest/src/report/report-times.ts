import { type LatencySummary, type LoadReport } from '../load-report.js';
import { count, plainMilliseconds } from './number-format.js';

const KEYS = ['count', 'min', 'p50', 'p90', 'p95', 'p99', 'p999', 'max'] as const satisfies (keyof LatencySummary)[];

/** The heads of the columns. */
export const PERCENTILES = KEYS.map((key) => (key === 'p999' ? 'p99.9' : key));

/** Everything whose time was measured in the run, in ms, a row for each. */
export function timesOf({ opening, latency, publish }: LoadReport): { name: string; values: string[] }[] {
  const measured: [string, LatencySummary | undefined][] = [
    ['opening', opening],
    ['latency', latency],
    ['publishing', publish?.latency],
  ];
  return measured.flatMap(([name, summary]) => {
    if (!summary || summary.count === 0) return [];
    return [{ name, values: KEYS.map((key) => (key === 'count' ? count : plainMilliseconds)(summary[key])) }];
  });
}
