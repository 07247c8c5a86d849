import { noCounts } from '../../apps/loadtest/src/load-counts.js';
import { type LatencySummary, type LoadReport, type LoadSample } from '../../apps/loadtest/src/load-report.js';

export function latencyOf(p99: number): LatencySummary {
  return { count: 100, min: p99 / 8, p50: p99 / 4, p90: p99 / 2, p95: p99 / 1.5, p99, p999: p99 * 2, max: p99 * 3 };
}

/** A second of a run of 1,000 streams that are opened in 10 s, with something of everything that can be measured. */
export function sampleAt(seconds: number): LoadSample {
  const open = Math.min(1_000, seconds * 100);
  return {
    seconds,
    counts: { ...noCounts(), started: open, open, opened: open, events: seconds * 1_200, bytes: seconds * 250_000 },
    eventsPerSecond: 1_200,
    bytesPerSecond: 250_000,
    latency: latencyOf(4 + (seconds % 7)),
    delivery: { lost: 0, duplicated: 0, outOfOrder: 0 },
    publish: { due: seconds * 10, sent: seconds * 10, answered: seconds * 10, failed: {}, latency: latencyOf(2) },
  };
}

export function samplesOf(seconds: number): LoadSample[] {
  return Array.from({ length: seconds }, (_, index) => sampleAt(index + 1));
}

/** The report of such a run, other than where told. */
export function reportOf(changes: Partial<LoadReport> = {}): LoadReport {
  const { counts, publish } = sampleAt(40);
  return {
    urls: ['http://127.0.0.1:3000/news/events'],
    startedAt: '2026-11-23T07:05:12.345Z',
    seconds: 40,
    connections: 1_000,
    counts,
    eventsPerSecond: 1_200,
    opening: latencyOf(1),
    latency: latencyOf(8),
    delivery: { total: { lost: 0, duplicated: 0, outOfOrder: 0 }, channels: {} },
    publish,
    limits: [],
    verdicts: [],
    samples: samplesOf(40),
    ...changes,
  };
}
