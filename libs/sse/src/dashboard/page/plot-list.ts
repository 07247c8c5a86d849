import { type LiveView } from './answers.js';
import { bytes, count, exactly, milliseconds, percent, rate } from './format.js';

export interface Line {
  readonly name: string;
  readonly valueOf: (view: LiveView) => number;
}

/** What one plot shows. */
export interface PlotDescription {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly format: (value: number) => string;
  /** Of which of the quantities that are watched the level is shown beside it. */
  readonly watched?: string;
  /** What the lines are to be held against. */
  readonly note: (view: LiveView) => string;
  /** By what the axis counts: bytes in powers of two, things in whole ones. */
  readonly counts?: 'bytes' | 'whole';
}

export const PLOTS: readonly PlotDescription[] = [
  {
    title: 'Connections',
    lines: [{ name: 'open', valueOf: ({ connections }) => connections.active }],
    format: exactly,
    watched: 'connections',
    counts: 'whole',
    note: ({ connections }) => `peak ${count(connections.peak)} · ${count(connections.users)} users`,
  },
  {
    title: 'Events a second',
    lines: [
      { name: 'sent', valueOf: ({ rates }) => rates.sent },
      { name: 'published', valueOf: ({ rates }) => rates.published },
    ],
    format: rate,
    watched: 'publishes',
    note: ({ peakRates }) => `peak ${rate(peakRates.sent)}`,
  },
  {
    title: 'Bytes a second',
    lines: [{ name: 'sent', valueOf: ({ rates }) => rates.sentBytes }],
    format: bytes,
    note: ({ peakRates }) => `peak ${bytes(peakRates.sentBytes)}`,
    counts: 'bytes',
  },
  {
    title: 'Latency',
    lines: [
      { name: 'p50', valueOf: ({ latency }) => latency.p50 },
      { name: 'p99', valueOf: ({ latency }) => latency.p99 },
    ],
    format: milliseconds,
    note: () => 'from publication to socket',
  },
  {
    title: 'Queued events',
    lines: [
      { name: 'all', valueOf: ({ queues }) => queues.events },
      { name: 'longest', valueOf: ({ queues }) => queues.longest },
    ],
    format: count,
    watched: 'queues',
    counts: 'whole',
    note: ({ queues }) => `${bytes(queues.bytes)} · ${count(queues.blocked)} do not read`,
  },
  {
    title: 'CPU',
    lines: [{ name: 'of one core', valueOf: ({ resources }) => resources.cpu }],
    format: percent,
    watched: 'cpu',
    note: ({ resources }) => `${rate(resources.cores)} cores · load ${rate(resources.loadAverage)}`,
  },
  {
    title: 'Memory',
    lines: [
      { name: 'RSS', valueOf: ({ resources }) => resources.rss },
      { name: 'heap', valueOf: ({ resources }) => resources.heapUsed },
    ],
    format: bytes,
    watched: 'memory',
    note: ({ resources }) => `${percent(resources.memory)} of ${bytes(resources.memoryLimit)}`,
    counts: 'bytes',
  },
  {
    title: 'Event-loop delay',
    lines: [
      { name: 'p99', valueOf: ({ resources }) => resources.eventLoopDelay },
      { name: 'longest', valueOf: ({ resources }) => resources.eventLoopDelayMax },
    ],
    format: milliseconds,
    watched: 'eventLoopDelay',
    note: ({ resources }) => `busy ${percent(resources.eventLoopUtilization)}`,
  },
];

/** The values of all lines. */
export function plotted(view: LiveView): number[] {
  return PLOTS.flatMap(({ lines }) => lines.map(({ valueOf }) => Math.round(valueOf(view) * 100) / 100));
}
