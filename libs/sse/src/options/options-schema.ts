import { z } from 'zod';
import {
  aFunction,
  amount,
  group,
  inRange,
  oneOf,
  text,
  time,
  timeOrNull,
  whole,
  wholeOrNull,
} from './option-kinds.js';
import { requestRulesSchema } from './request-rules-schema.js';
import { type SseModuleOptions } from './sse-module-options.js';

export const connectionsSchema = group({
  max: wholeOrNull('no limit'),
  maxPerUser: wholeOrNull('no limit'),
  maxPerIp: wholeOrNull('no limit'),
  onUserLimit: oneOf(['reject', 'replace-oldest']),
  refusal: oneOf(['auto', 'status', 'retry']),
  retryAfter: time(1),
  retry: time(0),
  idleTimeout: timeOrNull('never'),
  sweepInterval: time(1),
  maxAge: timeOrNull('never'),
  maxChannels: whole(1),
  expiringNotice: timeOrNull('no notice'),
  openEvent: z.boolean({ error: 'use true or false' }),
});

const HEARTBEAT = 'use { interval, event } or false';
export const heartbeatSchema = z.union(
  [
    z.literal(false),
    group({
      interval: time(1),
      event: z.string().regex(/^(?!sse:)[^\r\n\0]+$/, 'use a type without CR, LF or NUL that does not begin with sse:'),
    }),
  ],
  { error: HEARTBEAT },
);

export const queueSchema = group({
  maxEvents: whole(1),
  maxBytes: whole(1),
  maxTotalBytes: whole(1),
  overflow: oneOf(['catch-up', 'drop-oldest', 'drop-newest', 'disconnect', 'conflate']),
});

const compressionOfRoute = group({
  encodings: z
    .array(oneOf(['gzip', 'zstd']), { error: "use a list of 'gzip' and 'zstd'" })
    .min(1, "use 'gzip', 'zstd' or both, or compression: false"),
  level: inRange(1, 9, 'use a whole number from 1 to 9'),
  minBytes: whole(0),
});
export const routeCompressionSchema = z.union([z.literal(false), compressionOfRoute], {
  error: 'use { encodings, level, minBytes } or false',
});
const compressionSchema = z.union(
  [
    z.literal(false),
    compressionOfRoute.extend({
      window: z
        .union([z.boolean(), aFunction<(channel: string) => boolean>('(channel) => boolean')], {
          error: 'use true, false or a function (channel) => boolean',
        })
        .optional(),
    }),
  ],
  { error: 'use { encodings, level, minBytes, window } or false' },
);
/** What the `RateLimiter` takes for a call of its own. */
export const rateSchema = group({ burst: whole(1) }).extend({ messagesPerSecond: amount(0.1) });

export const rateLimitSchema = rateSchema
  .extend(group({ per: oneOf(['connection', 'user']), onLimit: oneOf(['delay', 'drop', 'conflate']) }).shape)
  .nullable();

/** Beyond this even a heartbeat would come late. */
const LONGEST_BATCH = 10_000;

export const historySchema = z.union(
  [z.literal(false), group({ maxEvents: whole(1), maxAge: time(1), maxTotalBytes: whole(1) })],
  { error: 'use { maxEvents, maxAge, maxTotalBytes } or false' },
);

export const serializerSchema = aFunction<(data: unknown) => string>('(data) => string');

const flag = z.boolean({ error: 'use true or false' });

const THRESHOLD = 'use { elevated, critical } with numbers above 0, or null for none';
const level = z.number({ error: THRESHOLD }).positive(THRESHOLD);
const threshold = z.strictObject({ elevated: level, critical: level }, { error: thresholdError }).partial().nullable();
function thresholdError(issue: { code?: string }): string | undefined {
  return issue.code === 'unrecognized_keys' ? undefined : THRESHOLD;
}

const PERMISSIONS = 'use a list of names of permissions';

/** The shape of the module's options. What goes beyond the shape is in `check-options.ts`. */
export const optionsSchema = group({
  connections: connectionsSchema,
  heartbeat: heartbeatSchema,
  queue: queueSchema,
  compression: compressionSchema,
  batching: group({ maxDelay: time(0, LONGEST_BATCH), maxEvents: whole(2) }),
  rateLimit: rateLimitSchema,
  history: historySchema,
  messageQueue: group({
    maxPerUser: whole(1),
    ttl: time(1),
    batchSize: whole(1),
    maxAttempts: whole(1),
    maxTotalBytes: whole(1),
  }),
  presence: group({ grace: time(0) }),
  checkpoint: oneOf(['id', 'event']),
  backplane: z.custom<NonNullable<SseModuleOptions['backplane']>>(
    (value) =>
      typeof value === 'function' ||
      (typeof value === 'object' && value !== null && 'publish' in value && 'subscribe' in value),
    { error: 'use a Backplane or a function that makes one' },
  ),
  identify: aFunction<NonNullable<SseModuleOptions['identify']>>('(context) => SseIdentity | undefined'),
  channels: group({
    authorize: aFunction<NonNullable<NonNullable<SseModuleOptions['channels']>['authorize']>>(
      '(identity, channel) => boolean',
    ),
  }),
  permissions: group({
    admin: text('use the name of a permission, or null for nobody').nullable(),
    adminHears: z.array(text(PERMISSIONS), { error: PERMISSIONS }),
  }),
  security: requestRulesSchema,
  tickets: group({
    ttl: time(1),
    reconnect: time(0),
    oneUse: flag,
  }),
  tokens: group({ maxLife: whole(1) }),
  monitoring: group({
    interval: time(1),
    thresholds: group({
      connections: threshold,
      memory: threshold,
      heap: threshold,
      cpu: threshold,
      publishes: threshold,
      eventLoopDelay: threshold,
      queues: threshold,
    }),
    degrade: flag,
    closeSlowest: flag,
  }),
  tracer: z.custom<NonNullable<SseModuleOptions['tracer']>>(
    (value) => typeof value === 'object' && value !== null && 'trace' in value && typeof value.trace === 'function',
    { error: 'use an SseTracer, such as openTelemetryTracer()' },
  ),
  shutdown: group({
    timeout: time(0),
    readinessDelay: time(0),
    reconnectSpread: time(0),
    maxReconnectsPerSecond: wholeOrNull('no limit'),
  }),
  serializer: serializerSchema,
  maxEventBytes: whole(1),
});
