import { type BackplaneHealth } from '../backplane/backplane.js';
import { type ConnectionStats } from '../connections/connection-registry.js';
import { type DropReason } from '../connections/drop-counts.js';
import { type SseThreshold } from '../options/monitoring-options.js';
import { type SheddingStep } from './load-shedding.js';
import { type PressureLevel } from './pressure-level.js';
import { type Watched } from './resource-monitor.js';
import { type ResourcePeak, type ResourceSample } from './resource-sample.js';

/** How much of it there was a second, over the last ten seconds. */
export interface SseRates {
  /** Events that this node has published. */
  readonly published: number;
  /** Events that came to this node, from whichever one. */
  readonly received: number;
  /** Events written, once for each connection. */
  readonly sent: number;
  /** The bytes of those. */
  readonly sentBytes: number;
  /** Events left out. */
  readonly dropped: number;
  /** Connections that opened. */
  readonly opened: number;
  /** Connections that ended. */
  readonly closed: number;
  /** Connections that were refused. */
  readonly refused: number;
}

/** How long events took from their publication to the socket, in milliseconds; not those that were caught up with later. */
export interface LatencySummary {
  /** Of the last ten seconds, estimated from buckets. */
  readonly p50: number;
  /** As above. */
  readonly p90: number;
  /** As above. */
  readonly p99: number;
  /** Upper ends and counts of the buckets since the start, each with those before it; the last end is `Infinity`. */
  readonly buckets: readonly {
    /** The upper end, in milliseconds. */
    readonly upTo: number;
    /** Deliveries that took no longer. */
    readonly count: number;
  }[];
  /** Milliseconds in all since the start. */
  readonly sum: number;
  /** Deliveries since the start. */
  readonly count: number;
}

/** Everything that is counted and measured on this node, at one moment. Counts are since the start. */
export interface SseMetricsSnapshot {
  /** When. */
  readonly at: Date;
  /** The node's id. */
  readonly node: string;
  /** Milliseconds since the start. */
  readonly uptime: number;
  /** See {@link ConnectionRegistry.stats}. */
  readonly connections: ConnectionStats;
  /** Events. */
  readonly events: {
    /** Published by this node. */
    readonly published: number;
    /** Came to this node, from whichever one. */
    readonly received: number;
    /** Written, once for each connection; heartbeats and the like included. */
    readonly sent: number;
    /** The bytes of those, before they are compressed. */
    readonly sentBytes: number;
    /** Had to wait for a token of a rate limit. */
    readonly delayed: number;
    /** Left out, by the reason. */
    readonly dropped: Readonly<Record<DropReason, number>>;
  };
  /** Of the events that were written to clients that take them compressed. */
  readonly compression: {
    /** Their bytes before. */
    readonly plainBytes: number;
    /** Their bytes as they were sent. */
    readonly sentBytes: number;
    /** What share of the plain bytes was sent; 1 where nothing was compressed. */
    readonly ratio: number;
  };
  /** See {@link HeartbeatService}. */
  readonly heartbeats: {
    /** Written. */
    readonly sent: number;
    /** Not needed. */
    readonly skipped: number;
  };
  /** What waits for slow clients now. */
  readonly queues: {
    /** Events in all queues. */
    readonly events: number;
    /** Their bytes; a shared event counts once. */
    readonly bytes: number;
    /** The most bytes that waited at a second's end. */
    readonly peakBytes: number;
    /** The events of the longest queue. */
    readonly longest: number;
    /** Connections whose client does not read. */
    readonly blocked: number;
  };
  /** Clients that came back to streams of channels. */
  readonly resumes: {
    /** Were given all that they had missed. */
    readonly resumed: number;
    /** Were told by `sse:reset` that it could not be had. */
    readonly reset: number;
  };
  /** From publication to socket. */
  readonly latency: LatencySummary;
  /** A second. */
  readonly rates: SseRates;
  /** The highest rates since the start. */
  readonly peakRates: SseRates;
  /** The last look of the {@link ResourceMonitor}. */
  readonly resources: ResourceSample;
  /** The highest that it has seen. */
  readonly peak: ResourcePeak;
  /** The highest level of all that is watched. */
  readonly level: PressureLevel;
  /** The level of each. */
  readonly levels: Readonly<Record<Watched, PressureLevel>>;
  /** See {@link ResourceMonitor.thresholds}. */
  readonly thresholds: Readonly<Record<Watched, Required<SseThreshold> | null>>;
  /** The options that bound this node. */
  readonly limits: {
    /** `connections.max`. */
    readonly connections: number | null;
    /** `queue.maxTotalBytes`. */
    readonly queuedBytes: number;
  };
  /** See {@link LoadShedding}. */
  readonly shedding: SheddingStep;
  /** Whether the engine behind the backplane answers. */
  readonly backplane: BackplaneHealth;
}
