import { type ExecutionContext } from '@nestjs/common';
import { type Backplane, type BackplaneFactory } from '../backplane/backplane.js';
import { type SseSerializer } from '../protocol/event-encoder.js';
import { type SseMonitoringOptions } from './monitoring-options.js';
import { type OverflowPolicy } from './overflow-policy.js';
import { type SseRateLimit } from './rate-limit-options.js';
import { type SseIdentity } from './sse-identity.js';
import { type SseRequestRules } from './sse-request-rules.js';
import { type SseTracer } from './sse-tracer.js';

/**
 * The options of `SseModule.forRoot()`. All are optional; `null` or `false` switches a thing off; times are in
 * milliseconds, sizes in bytes.
 *
 * A wrong one stops the application at its start with an `SseOptionsError` that names key, value and mend.
 *
 * @example
 * SseModule.forRoot({ connections: { maxPerUser: 5 }, heartbeat: { interval: 15_000 } })
 */
export interface SseModuleOptions {
  /** How many connections there may be, and how long. */
  connections?: SseConnectionOptions;
  /** Signs of life for clients and proxies; `false` for none. */
  heartbeat?: SseHeartbeatOptions | false;
  /** The queue of each connection, where events wait for a slow client. */
  queue?: SseQueueOptions;
  /** What is sent to clients that ask for it compressed; `false` to send everything as plain text. */
  compression?: SseCompressionOptions | false;
  /** How long events are collected, so that those of one connection leave in one write. */
  batching?: SseBatchingOptions;
  /**
   * How many of the application's events each connection or user is sent; `null` for no limit. What this library has to
   * say, such as a heartbeat, is not counted, and critical events do not wait. Default: `null`. It costs a map entry for
   * each user, and next to nothing where it is not set.
   */
  rateLimit?: SseRateLimit | null;
  /**
   * What is kept of each channel, so that a client that comes back misses nothing; `false` to keep nothing, upon which a
   * client that missed something is told so by `sse:reset`.
   */
  history?: SseHistoryOptions | false;
  /** What waits for users who are away: `SseBroadcaster.toUser(…, { queue: true })` and the `MessageQueue`. */
  messageQueue?: SseMessageQueueOptions;
  /** Who is in a channel. */
  presence?: SsePresenceOptions;
  /**
   * How a client's cursor is moved where there is no event to do it: by a block with only an `id:`, which browsers take
   * silently, or by an `event: sse:cursor` for clients that ignore such blocks (those built on eventsource-parser, such as
   * the package `eventsource`). Default: `id`.
   */
  checkpoint?: 'id' | 'event';
  /** What carries events between nodes. Default: this process alone. */
  backplane?: Backplane | BackplaneFactory;
  /**
   * Whose stream a request opens; `undefined` for nobody's.
   *
   * Default: `request.user`, with `userId ?? id ?? sub` as the user, `permissions ?? scope.split(' ')`, `exp` and `jti`.
   */
  identify?: (context: ExecutionContext) => SseIdentity | undefined | Promise<SseIdentity | undefined>;
  /** Rules for channels. */
  channels?: SseChannelOptions;
  /** What permissions mean. */
  permissions?: SsePermissionOptions;
  /** What requests must be like, for `SseRequestGuard` and `SseConnectRateGuard`. Each rule is off until it is set. */
  security?: SseRequestRules;
  /** How long stream tickets are good: see `SseTickets`. */
  tickets?: SseTicketOptions;
  /** Facts about the application's tokens that the streams need. */
  tokens?: SseTokenOptions;
  /** How the process is watched, and what is done under pressure. */
  monitoring?: SseMonitoringOptions;
  /** Is told of streams that open and events that are published. Default: nobody. */
  tracer?: SseTracer;
  /** What happens to open streams when the application closes. */
  shutdown?: SseShutdownOptions;
  /**
   * Turns the data of events into text. Default: `JSON.stringify`. Strings do not pass through it.
   *
   * This is the place for what an interceptor such as `ClassSerializerInterceptor` does to ordinary answers:
   * interceptors do not see the events of a stream.
   */
  serializer?: SseSerializer;
  /** The most bytes of data that one event may have. Default: 262,144. */
  maxEventBytes?: number;
}

/** See {@link SseModuleOptions.connections}. Given on a route, `max`, `maxPerUser` and `maxPerIp` count that route. */
export interface SseConnectionOptions {
  /** Open connections of this process. Default: 5,000; `null` for no limit. */
  max?: number | null;
  /** Open connections of one user. Default: `null`, no limit. Browsers open one for each tab. */
  maxPerUser?: number | null;
  /**
   * Open connections of one IP address, of IPv6 of one /64; beyond it always refused. Default: `null`, no limit: neighbours
   * share one NAT.
   */
  maxPerIp?: number | null;
  /** At `maxPerUser`: refuse the new connection, or end the user's oldest for good. Default: `replace-oldest`. */
  onUserLimit?: 'reject' | 'replace-oldest';
  /**
   * How a refusal looks. An EventSource gives up for good on any status but 200, so `retry` answers 200 with a stream
   * that only says when to come back. Default: `auto`, which is `retry` for a browser's EventSource, else `status`.
   */
  refusal?: 'auto' | 'status' | 'retry';
  /** When a refused client may come back, jittered by ±50 %. Default: 5,000. */
  retryAfter?: number;
  /** The reconnection time that every accepted stream begins with. Default: 3,000. */
  retry?: number;
  /** A connection that nothing reached for this long is closed. Default: 300,000; `null` for never. */
  idleTimeout?: number | null;
  /** How often connections are looked over for idle ones. Default: 60,000. */
  sweepInterval?: number;
  /** A connection is ended after this time and comes back, jittered by up to -20 %. Default: `null`, never. */
  maxAge?: number | null;
  /** Channels of one connection. Default: 256. */
  maxChannels?: number;
  /** So long before its identity's `expiresAt` a stream gets `sse:expiring`. Default: 60,000; `null` for not at all. */
  expiringNotice?: number | null;
  /**
   * Begin every stream with `sse:open` and its `connectionId`, which a page sends along with what it posts, so that it can
   * be left out of what is published then: `except: { connections: [id] }`. Default: `false`.
   */
  openEvent?: boolean;
}

/** See {@link SseModuleOptions.heartbeat}. */
export interface SseHeartbeatOptions {
  /** A connection that nothing was written to for this long gets one. Default: 30,000. */
  interval?: number;
  /** Send a visible event of this type with the time, for clients with a watchdog. Default: a comment. */
  event?: string;
}

/** See {@link SseModuleOptions.queue}. */
export interface SseQueueOptions {
  /** Events that wait for one connection. Default: 256. */
  maxEvents?: number;
  /** Bytes that wait for one connection. Default: 1 MiB. An empty queue always takes one event. */
  maxBytes?: number;
  /** Bytes that wait for all connections of this process; a shared event counts once. Default: 256 MiB. */
  maxTotalBytes?: number;
  /** What gives way when the queue is full. Default: `catch-up`; `disconnect` for `raw` streams. */
  overflow?: OverflowPolicy;
}

/**
 * See {@link SseModuleOptions.compression}. An event is compressed once for each encoding, however many receive it, and no
 * connection has a compressor of its own.
 */
export interface SseCompressionOptions {
  /**
   * What is offered, the first one first to those who take several alike. Default: `['gzip', 'zstd']`. `zstd` needs Node 22.15,
   * and is left out before.
   */
  encodings?: readonly ('gzip' | 'zstd')[];
  /** Of gzip, from 1, which is quick, to 9, which is small. Default: 6. */
  level?: number;
  /** An event that is compressed by itself and has fewer bytes is sent as it is. Default: 64. */
  minBytes?: number;
  /**
   * Whether events of a channel are compressed against those before them, which makes small ones three times smaller. Never so
   * what is sent to one user, to one connection, or to a permission. Switch it off for channels that hold secrets and that
   * others can write into who do not listen: they could guess at the secrets by the sizes of events. Default: `true`.
   */
  window?: boolean | ((channel: string) => boolean);
}

/** See {@link SseModuleOptions.batching}. */
export interface SseBatchingOptions {
  /**
   * So many milliseconds events wait for others after them, at most 10,000. Fewer writes, which are most of what an event
   * costs, for that much latency; critical events leave at once. Default: 0, what falls into one turn of the event loop
   * leaves in one write.
   */
  maxDelay?: number;
  /** With so many events of one connection waiting they leave at the end of the turn, 2 or more. Default: 10. */
  maxEvents?: number;
}

/** See {@link SseModuleOptions.history}. */
export interface SseHistoryOptions {
  /** Events of each channel. Default: 1,024. At least twice `queue.maxEvents` where the policy is `catch-up`. */
  maxEvents?: number;
  /** How long an event is kept, in milliseconds. Default: 300,000. */
  maxAge?: number;
  /** Bytes of all channels together that this process keeps; the oldest go first. Default: 256 MiB. */
  maxTotalBytes?: number;
}

/** See {@link SseModuleOptions.messageQueue}. */
export interface SseMessageQueueOptions {
  /** Messages that wait for one user; beyond it the oldest goes, and is counted. Default: 1,000. */
  maxPerUser?: number;
  /** How long a message waits, in milliseconds. Default: 86,400,000 (24 hours). */
  ttl?: number;
  /** Messages that are read and sent at once to a user who comes back. Default: 50. */
  batchSize?: number;
  /** How often a message is sent to a user who comes back without having got it. Default: 3. */
  maxAttempts?: number;
  /** Bytes of all queues together, in-process; the oldest messages go first. Default: 256 MiB. */
  maxTotalBytes?: number;
}

/** See {@link SseModuleOptions.presence}. */
export interface SsePresenceOptions {
  /** A user who is back within so many milliseconds has not left. Default: 5,000. */
  grace?: number;
}

/** See {@link SseModuleOptions.channels}. */
export interface SseChannelOptions {
  /**
   * Whether this identity may listen to this channel. Asked when a stream opens, at each later subscribe, and anew when
   * the identity changes. Not asked for the audiences (`$all`, `$user.…`, `$perm.…`). Default: every channel is open.
   */
  authorize?: (identity: SseIdentity | undefined, channel: string) => boolean | Promise<boolean>;
}

/** See {@link SseModuleOptions.permissions}. */
export interface SsePermissionOptions {
  /** Whoever holds this one passes every `@SsePermissions()`. Default: `admin`; `null` for nobody. */
  admin?: string | null;
  /** What is published to these permissions reaches the streams of such an admin too. Default: none. */
  adminHears?: readonly string[];
}

/** See {@link SseModuleOptions.tickets}. */
export interface SseTicketOptions {
  /** Until its first use, in milliseconds. Default: 30,000. */
  ttl?: number;
  /** After the end of the stream that it opened it is good for a reconnect so many milliseconds. Default: 300,000. */
  reconnect?: number;
  /** A ticket opens one stream, and is not good for its reconnects. Default: `false`. */
  oneUse?: boolean;
}

/** See {@link SseModuleOptions.tokens}. */
export interface SseTokenOptions {
  /**
   * The longest life of a token, in milliseconds: so long a revocation is kept where the end of the token is not known.
   * Default: 2,592,000,000 (30 days).
   */
  maxLife?: number;
}

/** See {@link SseModuleOptions.shutdown}. */
export interface SseShutdownOptions {
  /** Streams that are not closed after this time are cut; it begins after `readinessDelay`. Default: 10,000. */
  timeout?: number;
  /**
   * So long, after readiness has gone down, clients are let in and served as before, so that a load balancer learns to send
   * them elsewhere. Default: 0.
   */
  readinessDelay?: number;
  /** Clients are told to come back over at least this span. Default: 5,000. */
  reconnectSpread?: number;
  /**
   * No more clients are told to come back within one second, and they are told so in waves: for the nodes that take them.
   * Default: `null`, all are told at once, to come back within `reconnectSpread`.
   */
  maxReconnectsPerSecond?: number | null;
}

/** What an application may provide with `forRootAsync({ useClass | useExisting })`. */
export interface SseOptionsFactory {
  /** The options of the module. */
  createSseOptions(): SseModuleOptions | Promise<SseModuleOptions>;
}
