// What the server tells the page. Both sides import it, and it imports nothing.

/** Where something that is watched stands. */
export type Level = 'normal' | 'elevated' | 'critical';

/** All counts and measures at one moment, see `SseMetricsSnapshot`. */
export interface LiveView {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly node: string;
  readonly uptime: number;
  readonly connections: {
    readonly active: number;
    readonly opened: number;
    readonly refused: number;
    readonly peak: number;
    readonly users: number;
    readonly channels: number;
    readonly closed: Readonly<Record<string, number>>;
  };
  readonly events: {
    readonly published: number;
    readonly received: number;
    readonly sent: number;
    readonly sentBytes: number;
    readonly delayed: number;
    readonly dropped: Readonly<Record<string, number>>;
  };
  readonly compression: { readonly plainBytes: number; readonly sentBytes: number; readonly ratio: number };
  readonly heartbeats: { readonly sent: number; readonly skipped: number };
  readonly queues: {
    readonly events: number;
    readonly bytes: number;
    readonly peakBytes: number;
    readonly longest: number;
    readonly blocked: number;
  };
  readonly resumes: { readonly resumed: number; readonly reset: number };
  readonly latency: { readonly p50: number; readonly p90: number; readonly p99: number };
  readonly rates: Rates;
  readonly peakRates: Rates;
  readonly resources: {
    readonly cpu: number;
    readonly cores: number;
    readonly rss: number;
    readonly memoryLimit: number;
    readonly memory: number;
    readonly heapUsed: number;
    readonly heapLimit: number;
    readonly loadAverage: number;
    readonly eventLoopDelay: number;
    readonly eventLoopDelayMax: number;
    readonly eventLoopUtilization: number;
  };
  readonly peak: {
    readonly cpu: number;
    readonly rss: number;
    readonly eventLoopDelay: number;
    readonly eventLoopDelayMax: number;
  };
  readonly level: Level;
  readonly levels: Readonly<Record<string, Level>>;
  readonly shedding: string;
  readonly backplane: { readonly status: 'up' | 'down'; readonly reason?: string };
  readonly drain: string;
}

/** A second, over the last ten seconds. */
export interface Rates {
  readonly published: number;
  readonly received: number;
  readonly sent: number;
  readonly sentBytes: number;
  readonly dropped: number;
  readonly opened: number;
  readonly closed: number;
  readonly refused: number;
}

/** What a viewer is told first. */
export interface Welcome {
  /** The id of his own stream. */
  readonly connection: string;
  /** The dashboard has guards. */
  readonly isGuarded: boolean;
  /** The oldest first: plots need not begin empty. */
  readonly past: readonly PastLook[];
}

/** What the plots show of an earlier look. */
export interface PastLook {
  /** Milliseconds. */
  readonly ago: number;
  /** Those of all lines, in their order. */
  readonly values: readonly number[];
}

/** One page of a table, which is sorted and filtered where the data is. */
export interface TablePage<Row> {
  /** Rows without the filter. */
  readonly total: number;
  /** Rows that the filter lets pass. */
  readonly matching: number;
  /** From 0 on; the last one if a later one was asked for. */
  readonly page: number;
  readonly pages: number;
  readonly rows: readonly Row[];
}

export interface ConnectionRow {
  readonly id: string;
  readonly userId?: string;
  readonly address: string;
  /** Milliseconds since 1970. */
  readonly openedAt: number;
  readonly channels: number;
  readonly events: number;
  readonly bytes: number;
  readonly dropped: number;
  readonly queued: number;
  readonly heldBytes: number;
  /** Milliseconds. */
  readonly lag: number;
  readonly blocked: boolean;
  readonly behind: boolean;
  /** It is the stream of a dashboard. */
  readonly isDashboard: boolean;
}

/** A look into one connection. */
export interface ConnectionDetail extends ConnectionRow {
  /** Milliseconds since 1970. */
  readonly lastWriteAt?: number;
  /** The first of its channels, by name. */
  readonly channelNames: readonly string[];
  /** The first of its permissions. */
  readonly permissions: readonly string[];
}

export interface ChannelRow {
  readonly name: string;
  readonly listeners: number;
}

/** A node as it has last described itself, see `NodeSummary`. */
export interface NodeRow {
  readonly node: string;
  readonly host: string;
  readonly pid: number;
  readonly uptime: number;
  readonly connections: number;
  readonly published: number;
  readonly sent: number;
  readonly latency: number;
  readonly cpu: number;
  readonly memory: number;
  readonly eventLoopDelay: number;
  readonly queuedBytes: number;
  readonly level: Level;
  readonly shedding: string;
  /** Milliseconds since it said so. */
  readonly age: number;
  /** It is the one that answers. */
  readonly isOwn: boolean;
}

export interface NodesPage extends TablePage<NodeRow> {
  /** Of all nodes, those included that the filter hides. */
  readonly totals: { readonly connections: number; readonly sent: number; readonly published: number };
  /** Why there is only the node that answers: the engine behind the backplane is away. */
  readonly away?: string;
}

/** What became of a request to end a connection. */
export interface Closed {
  /** It was open, and is not any more. */
  readonly closed: boolean;
}
