import { type SseDrainState, type SseMetricsSnapshot } from '../index.js';

/** What the metrics are read from, at one scrape. */
export interface ScrapedState extends SseMetricsSnapshot {
  readonly drain: SseDrainState;
}

/** One value of a metric that has several, or none. */
export interface Sample {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  /** The metric's name and a suffix, for the parts of a histogram. */
  readonly suffix?: string;
}

/** A metric as Prometheus knows it, and how it is read. */
export interface ExportedMetric {
  /** Without the prefix. Base units stand in the name; a counter ends with `_total`. */
  readonly name: string;
  readonly type: 'gauge' | 'counter' | 'histogram';
  readonly help: string;
  readonly read: (state: ScrapedState) => number | readonly Sample[];
}

export function gauge(name: string, help: string, read: ExportedMetric['read']): ExportedMetric {
  return { name, type: 'gauge', help, read };
}

export function counter(name: string, help: string, read: ExportedMetric['read']): ExportedMetric {
  return { name, type: 'counter', help, read };
}

/** One value for each key of a record. Those that are 0 are there too: a rate needs something to begin from. */
export function samplesBy(label: string, values: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(values).map(([key, value]) => ({ labels: { [label]: key }, value }));
}

/** No value where the option is `null`. */
export function sampleOf(value: number | null): Sample[] {
  return value === null ? [] : [{ labels: {}, value }];
}
