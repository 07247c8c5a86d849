import { z } from 'zod';
import { type SseModuleOptions } from './sse-module-options.js';

/** Timers of Node overflow beyond 2^31 - 1 ms and fire at once. */
const LONGEST = 2_147_483_647;

/** A number in a range. The message is the mend that the error names. */
const inRange = (least: number, most: number, mend: string) =>
  z.number({ error: mend }).int(mend).min(least, mend).max(most, mend);
const whole = (least: number) => inRange(least, Number.MAX_SAFE_INTEGER, `use a whole number of ${least} or more`);
const wholeOrNull = (off: string) =>
  inRange(1, Number.MAX_SAFE_INTEGER, `use a whole number of 1 or more, or null for ${off}`).nullable();
const time = (least: number) => inRange(least, LONGEST, `use milliseconds from ${least} to ${LONGEST}`);
const timeOrNull = (off: string) =>
  inRange(1, LONGEST, `use milliseconds from 1 to ${LONGEST}, or null for ${off}`).nullable();
const oneOf = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, { error: `use one of ${values.map((value) => `'${value}'`).join(', ')}` });
const aFunction = <T>(signature: string) =>
  z.custom<T>((value) => typeof value === 'function', { error: `use a function ${signature}` });
const group = <T extends z.ZodRawShape>(shape: T) => z.strictObject(shape, { error: groupError }).partial();
const groupError: z.core.$ZodErrorMap = (issue) =>
  issue.code === 'unrecognized_keys' ? undefined : 'use an object with its options';

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
});

const HEARTBEAT = 'use { interval, event } or false';
export const heartbeatSchema = z.union(
  [
    z.literal(false),
    group({
      interval: time(1),
      event: z
        .string()

        .regex(/^(?!sse:)[^\r\n\0]+$/, 'use a type without CR, LF or NUL that does not begin with sse:'),
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

export const historySchema = z.union(
  [z.literal(false), group({ maxEvents: whole(1), maxAge: time(1), maxTotalBytes: whole(1) })],
  { error: 'use { maxEvents, maxAge, maxTotalBytes } or false' },
);

export const serializerSchema = aFunction<(data: unknown) => string>('(data) => string');

/** The shape of the module's options. What goes beyond the shape is in `check-options.ts`. */
export const optionsSchema = group({
  connections: connectionsSchema,
  heartbeat: heartbeatSchema,
  queue: queueSchema,
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
  shutdown: group({ timeout: time(0), reconnectSpread: time(0) }),
  serializer: serializerSchema,
  maxEventBytes: whole(1),
});
