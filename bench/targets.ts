import { type ContenderId } from './contenders.js';
import { type Results } from './results.js';
import { type WorkId } from './works/work.js';

/** What a median of ours must be: by the median of another one in the same run, or in itself where `to` is missing. */
export interface Target {
  work: WorkId;
  ours: ContenderId;
  metric: string;
  to?: { work?: WorkId; contender: ContenderId };
  /** How the two are compared. Default `ratio`. */
  by?: 'ratio' | 'difference';
  atMost?: number;
  atLeast?: number;
  /** In words, after the limit. */
  words: string;
}

const channel = 'event-stream-channel';
const onRedis = 'event-stream-redis';
const gzip = 'event-stream-gzip';

export const targets: readonly Target[] = [
  {
    work: 'P1',
    ours: channel,
    metric: 'cpu',
    to: { contender: 'bare-http' },
    atMost: 1.2,
    words: 'the CPU of node:http with one pre-framed buffer',
  },
  { work: 'P1', ours: channel, metric: 'cpu', to: { contender: 'nest-sse' }, atMost: 0.35, words: 'that of Nest @Sse' },
  {
    work: 'P1',
    ours: channel,
    metric: 'cpu',
    to: { contender: 'better-sse' },
    atMost: 0.5,
    words: 'that of better-sse',
  },
  {
    work: 'P1',
    ours: channel,
    metric: 'cpu',
    to: { contender: 'socket-io' },
    atMost: 0.65,
    words: 'that of Socket.IO',
  },
  {
    work: 'P2',
    ours: channel,
    metric: 'cpu',
    to: { work: 'P1', contender: channel },
    atMost: 0.2,
    words: 'the CPU of a single event in P1',
  },
  {
    work: 'P3',
    ours: 'event-stream-subject',
    metric: 'cpu',
    to: { contender: 'nest-sse' },
    atMost: 0.45,
    words: 'the CPU of Nest @Sse',
  },
  { work: 'P4', ours: channel, metric: 'heap', atMost: 9, words: 'KB of heap' },
  {
    work: 'P4',
    ours: channel,
    metric: 'heap',
    to: { contender: 'nest-sse' },
    atMost: 0.45,
    words: 'the heap of Nest @Sse',
  },
  {
    work: 'P4',
    ours: channel,
    metric: 'rss',
    to: { contender: 'nest-sse' },
    atMost: 0.65,
    words: 'the RSS of Nest @Sse',
  },
  {
    work: 'P5',
    ours: gzip,
    metric: 'cpu',
    to: { contender: channel },
    atMost: 1.3,
    words: 'the CPU of the same without compression',
  },
  {
    work: 'P5',
    ours: gzip,
    metric: 'bytes',
    to: { contender: channel },
    atMost: 0.3,
    words: 'its bytes',
  },
  {
    work: 'P5',
    ours: gzip,
    metric: 'memory',
    to: { contender: channel },
    by: 'difference',
    atMost: 0.5,
    words: 'KB more for each connection',
  },
  { work: 'P6', ours: channel, metric: 'longest', atMost: 5, words: 'ms without a turn of the event loop' },
  {
    work: 'P6',
    ours: channel,
    metric: 'cpu',
    to: { work: 'P1', contender: channel },
    atMost: 1,
    words: 'the CPU of a delivery in P1',
  },
  {
    work: 'P7',
    ours: channel,
    metric: 'cpu',
    to: { work: 'P1', contender: channel },
    atMost: 1.2,
    words: 'the CPU of a delivery in P1, to those who read',
  },
  {
    work: 'P7',
    ours: channel,
    metric: 'held',
    atMost: 64,
    words: 'KB for each that does not read: one handover to its socket',
  },
  { work: 'P7', ours: channel, metric: 'more', atMost: 1, words: 'KB more for each, however much is published' },
  { work: 'P7', ours: channel, metric: 'resets', atMost: 0, words: 'resets while the history holds what was missed' },
  { work: 'P7', ours: channel, metric: 'untold', atMost: 0, words: 'events missing or out of order without a word' },
  {
    work: 'P8',
    ours: channel,
    metric: 'cpu',
    to: { work: 'P1', contender: channel },
    atMost: 0.25,
    words: 'the CPU of a delivery in P1',
  },
  {
    work: 'P8',
    ours: onRedis,
    metric: 'cpu',
    to: { work: 'P1', contender: channel },
    atMost: 0.25,
    words: 'the CPU of a delivery in P1, on Redis',
  },
  { work: 'P8', ours: onRedis, metric: 'reads', atMost: 1, words: 'read of the engine for the channel' },
  { work: 'P9', ours: onRedis, metric: 'p50', atMost: 3, words: 'ms from publish to receipt, for half of the events' },
  { work: 'P9', ours: onRedis, metric: 'p99', atMost: 20, words: 'ms for 99 of 100' },
  { work: 'P9', ours: onRedis, metric: 'rate', atLeast: 5_000, words: 'publishes a second' },
  {
    work: 'P10',
    ours: channel,
    metric: 'rate',
    to: { contender: 'bare-express' },
    atLeast: 0.8,
    words: 'the rate of a bare Express handler behind Nest',
  },
];

export interface Verdict {
  target: Target;
  /** `≤ 1.2 × the CPU of …` */
  claim: string;
  value: number;
  /** `undefined` where one of its numbers was not measured. */
  holds: boolean | undefined;
}

export function judge(target: Target, results: Results): Verdict {
  const { work, ours, metric, to, by, atMost, atLeast, words } = target;
  const own = results.median(work, ours, metric);
  const value = to ? compare(own, results.median(to.work ?? work, to.contender, metric), by) : own;
  const holds = value <= (atMost ?? Infinity) && value >= (atLeast ?? -Infinity);
  const limit = atMost === undefined ? `≥ ${atLeast}` : `≤ ${atMost}`;
  const claim = `${limit} ${to && by !== 'difference' ? '× ' : ''}${words}`;
  return { target, claim, value, holds: Number.isNaN(value) ? undefined : holds };
}

function compare(own: number, other: number, by: Target['by']): number {
  return by === 'difference' ? own - other : own / other;
}

/** A target as a value of the metric itself, so that it can be drawn beside what was measured. */
export interface Limit {
  kind: 'most' | 'least';
  value: number;
}

/** What the targets ask of one number of this run. */
export function limitsOn(work: WorkId, contender: ContenderId, metric: string, results: Results): Limit[] {
  return targets
    .filter((target) => target.work === work && target.ours === contender && target.metric === metric)
    .map((target) => limitOf(target, results))
    .filter(({ value }) => !Number.isNaN(value));
}

function limitOf({ work, metric, to, by, atMost, atLeast }: Target, results: Results): Limit {
  const limit = atMost ?? atLeast ?? NaN;
  const kind = atMost === undefined ? 'least' : 'most';
  if (!to) return { kind, value: limit };
  const other = results.median(to.work ?? work, to.contender, metric);
  return { kind, value: by === 'difference' ? other + limit : other * limit };
}
