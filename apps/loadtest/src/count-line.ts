import { type LoadCounts, total } from './load-counts.js';

const numbers = new Intl.NumberFormat('en-US');

/**
 * One line for one moment of a load.
 *
 * @example ` 10 s  open 1,000  opening 0  refused 2 (503: 2)  failed 0  ended 0  dropped 0  events 12,000 (1,200/s)  2.5 MB`
 */
export function countLine(seconds: number, counts: LoadCounts, before: LoadCounts, secondsBefore: number): string {
  const rate = (counts.events - before.events) / Math.max(seconds - secondsBefore, 0.001);
  return [
    `${seconds.toFixed(0).padStart(4)} s`,
    `open ${numbers.format(counts.open)}`,
    `opening ${numbers.format(counts.opening)}`,
    `refused ${byKey(counts.refused)}`,
    `failed ${byKey(counts.failed)}`,
    `ended ${numbers.format(counts.ended)}`,
    `dropped ${byKey(counts.dropped)}`,
    `events ${numbers.format(counts.events)} (${numbers.format(Math.round(rate))}/s)`,
    `${(counts.bytes / 1e6).toFixed(1)} MB`,
  ].join('  ');
}

function byKey(counts: Record<string, number>): string {
  const details = Object.entries(counts).map(([key, count]) => `${key}: ${numbers.format(count)}`);
  return numbers.format(total(counts)) + (details.length > 0 ? ` (${details.join(', ')})` : '');
}
