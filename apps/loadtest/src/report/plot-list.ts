import { total } from '../load-counts.js';
import { type LoadReport, type LoadSample } from '../load-report.js';
import { bytes, count, milliseconds, rate } from './number-format.js';
import { type Thinning } from './thinned.js';

/** One line of a plot. */
export interface PlotLine {
  readonly name: string;
  readonly valueOf: (sample: LoadSample) => number | undefined;
  readonly thinning: Thinning;
  /** What it came to in the whole run, in words. */
  readonly summaryOf: (report: LoadReport) => string;
}

/** What one plot of the report shows over time. */
export interface PlotDescription {
  readonly id: string;
  readonly title: string;
  readonly unit: 'count' | 'bytes' | 'milliseconds';
  readonly lines: readonly PlotLine[];
  /** Left out where the run has nothing of it. Default: always shown. */
  readonly isKnown?: (report: LoadReport) => boolean;
}

export const PLOTS: readonly PlotDescription[] = [
  {
    id: 'open',
    title: 'Open streams',
    unit: 'count',
    lines: [
      peak('open', ({ counts }) => counts.open, count, 'last'),
      peak('reconnecting', ({ counts }) => counts.waiting, count, 'max'),
    ],
  },
  {
    id: 'events',
    title: 'Events a second',
    unit: 'count',
    lines: [peak('received', ({ eventsPerSecond }) => eventsPerSecond, rate, 'mean')],
  },
  {
    id: 'latency',
    title: 'Latency, second by second',
    unit: 'milliseconds',
    isKnown: ({ latency }) => latency !== undefined && latency.count > 0,
    lines: [percentile('p50', 'mean'), percentile('p99', 'max'), percentile('max', 'max')],
  },
  {
    id: 'bytes',
    title: 'Bytes a second',
    unit: 'bytes',
    lines: [peak('received', ({ bytesPerSecond }) => bytesPerSecond, bytes, 'mean')],
  },
  {
    id: 'faults',
    title: 'Faults of delivery so far',
    unit: 'count',
    isKnown: ({ delivery }) => delivery !== undefined,
    lines: [fault('lost', 'lost'), fault('duplicated', 'duplicated'), fault('outOfOrder', 'out of order')],
  },
  {
    id: 'streams',
    title: 'Lost streams so far',
    unit: 'count',
    lines: [lostStreams('refused'), lostStreams('failed'), lostStreams('dropped')],
  },
];

function peak(
  name: string,
  valueOf: (sample: LoadSample) => number,
  format: (value: number) => string,
  thinning: Thinning,
): PlotLine {
  const highest = (samples: readonly LoadSample[]) =>
    samples.reduce((most, sample) => Math.max(most, valueOf(sample)), 0);
  return { name, valueOf, thinning, summaryOf: ({ samples }) => `peak ${format(highest(samples))}` };
}

function percentile(key: 'p50' | 'p99' | 'max', thinning: Thinning): PlotLine {
  return {
    name: key,
    valueOf: ({ latency }) => (latency && latency.count > 0 ? latency[key] : undefined),
    thinning,
    summaryOf: ({ latency }) => (latency ? milliseconds(latency[key]) : '–'),
  };
}

function fault(key: 'lost' | 'duplicated' | 'outOfOrder', name: string): PlotLine {
  return {
    name,
    valueOf: ({ delivery }) => delivery?.[key],
    thinning: 'last',
    summaryOf: ({ delivery }) => count(delivery?.total[key] ?? 0),
  };
}

function lostStreams(key: 'refused' | 'failed' | 'dropped'): PlotLine {
  return {
    name: key,
    valueOf: ({ counts }) => total(counts[key]),
    thinning: 'last',
    summaryOf: ({ counts }) => count(total(counts[key])),
  };
}
