import { type SseSerializer } from '../protocol/event-encoder.js';
import { type MonitoringSettings, monitoringWithDefaults } from './monitoring-options.js';
import { type OverflowPolicy } from './overflow-policy.js';
import { type RateLimitSettings, rateLimitWithDefaults } from './rate-limit-options.js';
import {
  type SseCompressionOptions,
  type SseBatchingOptions,
  type SseConnectionOptions,
  type SseHeartbeatOptions,
  type SseHistoryOptions,
  type SseMessageQueueOptions,
  type SseModuleOptions,
  type SsePermissionOptions,
  type SsePresenceOptions,
  type SseQueueOptions,
  type SseShutdownOptions,
  type SseTicketOptions,
  type SseTokenOptions,
} from './sse-module-options.js';

/** The heartbeat of a connection, or none. */
export type HeartbeatSettings = { readonly interval: number; readonly event?: string } | null;

/** A queue's bounds. Without a policy of its own the kind of stream decides, see `overflow` in the options. */
export type QueueSettings = Required<Omit<SseQueueOptions, 'overflow'>> & { readonly overflow?: OverflowPolicy };

/** What is offered to clients that ask for it, or nothing. */
export type CompressionSettings = Required<SseCompressionOptions>;

/** All options with their defaults filled in. */
export interface ResolvedOptions
  extends
    Pick<SseModuleOptions, 'backplane' | 'identify' | 'tracer'>,
    Required<Pick<SseModuleOptions, 'channels' | 'security'>> {
  readonly connections: Required<SseConnectionOptions>;
  readonly heartbeat: HeartbeatSettings;
  readonly queue: QueueSettings;
  readonly compression: CompressionSettings | null;
  readonly batching: Required<SseBatchingOptions>;
  readonly rateLimit: RateLimitSettings | null;
  /** `maxEvents` is 0 where nothing is kept. */
  readonly history: Required<SseHistoryOptions>;
  readonly messageQueue: Required<SseMessageQueueOptions>;
  readonly presence: Required<SsePresenceOptions>;
  readonly checkpoint: 'id' | 'event';
  readonly permissions: Required<SsePermissionOptions>;
  readonly tickets: Required<SseTicketOptions>;
  readonly tokens: Required<SseTokenOptions>;
  readonly monitoring: MonitoringSettings;
  readonly shutdown: Required<SseShutdownOptions>;
  readonly serializer: SseSerializer;
  readonly maxEventBytes: number;
}

const MIB = 1_048_576;

const CONNECTIONS: Required<SseConnectionOptions> = {
  max: 5_000,
  maxPerUser: null,
  maxPerIp: null,
  onUserLimit: 'replace-oldest',
  refusal: 'auto',
  retryAfter: 5_000,
  retry: 3_000,
  idleTimeout: 300_000,
  sweepInterval: 60_000,
  maxAge: null,
  maxChannels: 256,
  expiringNotice: 60_000,
  openEvent: false,
};
const HEARTBEAT_INTERVAL = 30_000;
const QUEUE: QueueSettings = { maxEvents: 256, maxBytes: MIB, maxTotalBytes: 256 * MIB };
const COMPRESSION: CompressionSettings = { encodings: ['gzip', 'zstd'], level: 6, minBytes: 64, window: true };
const BATCHING: Required<SseBatchingOptions> = { maxDelay: 0, maxEvents: 10 };
const HISTORY: Required<SseHistoryOptions> = { maxEvents: 1_024, maxAge: 300_000, maxTotalBytes: 256 * MIB };
const NO_HISTORY: Required<SseHistoryOptions> = { ...HISTORY, maxEvents: 0 };
const MESSAGE_QUEUE: Required<SseMessageQueueOptions> = {
  maxPerUser: 1_000,
  ttl: 86_400_000,
  batchSize: 50,
  maxAttempts: 3,
  maxTotalBytes: 256 * MIB,
};
const TICKETS: Required<SseTicketOptions> = { ttl: 30_000, reconnect: 300_000, oneUse: false };
const TOKENS: Required<SseTokenOptions> = { maxLife: 2_592_000_000 };
const SHUTDOWN: Required<SseShutdownOptions> = {
  timeout: 10_000,
  readinessDelay: 0,
  reconnectSpread: 5_000,
  maxReconnectsPerSecond: null,
};

/** Fills in the defaults of options that were checked. */
export function withDefaults(options: SseModuleOptions): ResolvedOptions {
  const connections = { ...CONNECTIONS, ...given(options.connections) };
  return {
    connections,
    heartbeat: heartbeatWithDefaults(options.heartbeat),
    queue: { ...QUEUE, ...given(options.queue) },
    compression: compressionWithDefaults(options.compression),
    batching: { ...BATCHING, ...given(options.batching) },
    rateLimit: rateLimitWithDefaults(options.rateLimit),
    history: options.history === false ? NO_HISTORY : { ...HISTORY, ...given(options.history) },
    messageQueue: { ...MESSAGE_QUEUE, ...given(options.messageQueue) },
    presence: { grace: 5_000, ...given(options.presence) },
    checkpoint: options.checkpoint ?? 'id',
    backplane: options.backplane,
    identify: options.identify,
    tracer: options.tracer,
    channels: options.channels ?? {},
    permissions: { admin: 'admin', adminHears: [], ...given(options.permissions) },
    security: options.security ?? {},
    tickets: { ...TICKETS, ...given(options.tickets) },
    tokens: { ...TOKENS, ...given(options.tokens) },
    monitoring: monitoringWithDefaults(options.monitoring, connections.max),
    shutdown: { ...SHUTDOWN, ...given(options.shutdown) },
    serializer: options.serializer ?? JSON.stringify,
    maxEventBytes: options.maxEventBytes ?? 262_144,
  };
}

/** What is not given is taken from `base`: for a route, from the module's own. */
export function heartbeatWithDefaults(
  heartbeat: SseHeartbeatOptions | false | undefined,
  base: HeartbeatSettings = null,
): HeartbeatSettings {
  return heartbeat === false ? null : { interval: HEARTBEAT_INTERVAL, ...base, ...given(heartbeat) };
}

/** As above, for the compression. */
export function compressionWithDefaults(
  compression: SseCompressionOptions | false | undefined,
  base: CompressionSettings | null = null,
): CompressionSettings | null {
  return compression === false ? null : { ...COMPRESSION, ...base, ...given(compression) };
}

/** An option set to `undefined` is one that was not set: it must not hide the default. */
export function given<T extends object>(options: T | undefined): Partial<T> {
  return Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== undefined)) as Partial<T>;
}
