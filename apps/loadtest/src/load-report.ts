import { type LoadCounts } from './load-counts.js';

/** How long events took from their sending to their arrival, in ms; percentiles of a histogram, and no averages. */
export interface LatencySummary {
  count: number;
  min: number;
  p50: number;
  p90: number;
  p95: number;
  p99: number;
  p999: number;
  max: number;
}

/** What is wrong with the events that came, where each carries a sequence. */
export interface DeliveryCounts {
  lost: number;
  duplicated: number;
  outOfOrder: number;
}

/** What a run looked like in one second of it. */
export interface LoadSample {
  /** Since the beginning of the run. */
  seconds: number;
  counts: LoadCounts;
  eventsPerSecond: number;
  bytesPerSecond: number;
  /** Of the events of this second alone; absent where none carried a time. */
  latency?: LatencySummary;
  delivery?: DeliveryCounts;
  /** Requests to the `--publish` endpoint that were answered, and that were not answered well, so far. */
  publish?: PublishCounts;
}

export interface PublishCounts {
  /** How many were due, by the rate. */
  due: number;
  sent: number;
  /** By a status from 200 to 299. */
  answered: number;
  /**
   * Sent more than 10 ms after they were due: all that may be under way were, or this process had no time. Those that were
   * due and never sent are `due - sent`.
   */
  late?: number;
  /** Not answered well, by status or error code. */
  failed: Record<string, number>;
  /** From the moment at which a request was due to its answer. */
  latency?: LatencySummary;
}

/** A threshold that decides the exit code. */
export interface Verdict {
  /** Such as `p99 <= 50 ms`. */
  rule: string;
  measured: string;
  isKept: boolean;
}

/** All that is known of a run when it is over; what `--json` writes. */
export interface LoadReport {
  urls: readonly string[];
  /** ISO 8601. */
  startedAt: string;
  /** Seconds from the first opening to the cut. */
  seconds: number;
  connections: number;
  counts: LoadCounts;
  eventsPerSecond: number;
  /** From the request to the head of its answer. */
  opening?: LatencySummary;
  /** Only with `--verify`, of the whole run. */
  latency?: LatencySummary;
  /** Only with `--verify`; by channel, and of all. */
  delivery?: { total: DeliveryCounts; channels: Record<string, DeliveryCounts> };
  publish?: PublishCounts;
  /** What limited the run, and how to raise it. */
  limits: readonly string[];
  verdicts: readonly Verdict[];
  samples: readonly LoadSample[];
}
