import { type LoadCounts, total } from '../load-counts.js';
import { type DeliveryCounts, type LatencySummary, type PublishCounts, type Verdict } from '../load-report.js';

/** Of how many there may be at most; `Infinity` for any number. */
export interface Thresholds {
  refused: number;
  failed: number;
  dropped: number;
  ended: number;
  /** Open streams that received no event that could be verified. */
  silent: number;
  lost: number;
  duplicated: number;
  outOfOrder: number;
  publishFailed: number;
  /** ms; those that were not given are not judged. */
  latency: Partial<Record<keyof typeof LATENCIES, number>>;
}

/** Latencies that can be judged, and what they are called. */
export const LATENCIES = { p50: 'p50', p90: 'p90', p95: 'p95', p99: 'p99', p999: 'p99.9', max: 'max' } as const;

export interface Measured {
  counts: LoadCounts;
  /** Streams that never had an answer until the end. */
  unanswered: number;
  /** Only with `--verify`. */
  delivery?: { total: DeliveryCounts; latency?: LatencySummary; events: number; silent: number };
  publish?: PublishCounts;
}

const numbers = new Intl.NumberFormat('en-US');

/** Judges a run. What was not measured keeps no threshold: a run in which nothing happened must not pass. */
export function verdictsOf(measured: Measured, thresholds: Thresholds): Verdict[] {
  const { counts, unanswered, delivery, publish } = measured;
  const verdicts = [
    atLeastOne('opened', counts.opened),
    atMost('refused', total(counts.refused), thresholds.refused),
    atMost('failed', total(counts.failed), thresholds.failed),
    atMost('unanswered', unanswered, 0),
    atMost('dropped', total(counts.dropped), thresholds.dropped),
    atMost('ended', counts.ended, thresholds.ended),
  ];
  if (delivery) {
    verdicts.push(
      atLeastOne('verified events', delivery.events),
      atMost('silent', delivery.silent, thresholds.silent),
      atMost('lost', delivery.total.lost, thresholds.lost),
      atMost('duplicated', delivery.total.duplicated, thresholds.duplicated),
      atMost('out of order', delivery.total.outOfOrder, thresholds.outOfOrder),
    );
  }
  for (const [key, most] of Object.entries(thresholds.latency)) {
    const percentile = key as keyof typeof LATENCIES;
    verdicts.push(atMostTime(LATENCIES[percentile], delivery?.latency?.[percentile], most));
  }
  if (publish) verdicts.push(atMost('publish failed', total(publish.failed), thresholds.publishFailed));
  return verdicts.filter((verdict) => verdict !== undefined);
}

function atLeastOne(name: string, count: number): Verdict {
  return { rule: `${name} >= 1`, measured: numbers.format(count), isKept: count >= 1 };
}

/** `undefined` where any number will do. */
function atMost(name: string, count: number, most: number): Verdict | undefined {
  if (most === Infinity) return undefined;
  return { rule: `${name} <= ${numbers.format(most)}`, measured: numbers.format(count), isKept: count <= most };
}

function atMostTime(name: string, milliseconds: number | undefined, most: number): Verdict {
  const measured = milliseconds === undefined ? 'nothing measured' : `${milliseconds.toFixed(3)} ms`;
  return { rule: `${name} <= ${most} ms`, measured, isKept: milliseconds !== undefined && milliseconds <= most };
}
