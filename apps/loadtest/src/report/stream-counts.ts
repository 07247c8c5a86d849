import { STATUS_CODES } from 'node:http';
import { type LoadCounts, total } from '../load-counts.js';
import { count } from './number-format.js';
import { printable } from './printable.js';
import { type Tone } from './styled-line.js';

/** How many streams stand where, and why. */
export interface StreamCount {
  name: string;
  value: number;
  /** By status or error code. */
  why?: Record<string, number>;
  /** What it means that there are any. */
  tone?: Tone;
}

/** More reasons than these are summed up. */
const MOST_REASONS = 4;

/** What became of the streams of a load, in the order in which one asks for it. */
export function streamCounts(counts: LoadCounts): StreamCount[] {
  return [
    { name: 'open', value: counts.open, tone: 'good' },
    { name: 'opening', value: counts.opening },
    { name: 'reconnecting', value: counts.waiting, tone: 'warning' },
    { name: 'reconnected', value: counts.reconnected, tone: 'warning' },
    { name: 'refused', value: total(counts.refused), why: counts.refused, tone: 'bad' },
    { name: 'failed', value: total(counts.failed), why: counts.failed, tone: 'bad' },
    { name: 'dropped', value: total(counts.dropped), why: counts.dropped, tone: 'bad' },
    { name: 'ended', value: counts.ended, tone: 'warning' },
  ];
}

/** `503: 12, 429: 1`, the most frequent first; empty where there are none. */
export function reasons(by: Record<string, number>, nameOf: (key: string) => string = printable): string {
  const all = Object.entries(by).sort(([, one], [, other]) => other - one);
  const named = all.slice(0, MOST_REASONS).map(([key, number]) => `${nameOf(key)}: ${count(number)}`);
  const rest = all.slice(MOST_REASONS);
  if (rest.length > 0) named.push(`${rest.length} more: ${count(rest.reduce((sum, [, number]) => sum + number, 0))}`);
  return named.join(', ');
}

/** A status with its words, an error code as it is: `503 Service Unavailable`, `ECONNRESET`. */
export function reasonName(key: string): string {
  if (key === 'retry') return 'told to come back later';
  if (key === '200') return '200 without an event stream';
  const words = STATUS_CODES[key];
  return words === undefined ? printable(key) : `${key} ${words}`;
}
