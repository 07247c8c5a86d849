import { type SseDrainState, type SseMetricsSnapshot, SseOptionsError, type Watched } from '../index.js';

/** What takes a node out of rotation. See {@link SseHealthIndicator.isReady}. */
export interface SseReadinessOptions {
  /**
   * What it means that the engine behind the backplane is away, such as Redis. With `degraded` or `ignore` a node stays in
   * rotation and lets streams in; they get what they miss once the engine is back. Default: `down`.
   */
  backplane?: 'down' | 'degraded' | 'ignore';
  /**
   * Which quantities are a reason when they are critical; all others only degrade. Default:
   * `['eventLoopDelay', 'memory', 'heap', 'queues']`, by which a process goes down.
   */
  critical?: readonly Watched[];
}

/** Whether a node should get new connections, and why not. */
export interface Readiness {
  readonly status: 'up' | 'degraded' | 'down';
  /** In words for people, the worst first. */
  readonly reasons: readonly string[];
}

const CRITICAL: readonly Watched[] = ['eventLoopDelay', 'memory', 'heap', 'queues'];
const AWAY: readonly unknown[] = ['down', 'degraded', 'ignore'];

/** @throws SseOptionsError for an option that has no such value */
export function readiness(
  snapshot: SseMetricsSnapshot,
  drain: SseDrainState,
  { backplane = 'down', critical = CRITICAL }: SseReadinessOptions = {},
): Readiness {
  if (!AWAY.includes(backplane)) {
    throw new SseOptionsError('isReady().backplane', backplane, "use 'down', 'degraded' or 'ignore'");
  }
  const watched = Object.keys(snapshot.levels);
  const given: readonly unknown[] | null = Array.isArray(critical) ? critical : null;
  if (!given?.every((name) => watched.includes(name as Watched))) {
    throw new SseOptionsError('isReady().critical', critical, `use a list of ${watched.join(', ')}`);
  }
  const down = [
    ...drainReasons(drain),
    ...(backplane === 'down' ? backplaneReasons(snapshot) : []),
    ...levelReasons(snapshot, (name, level) => level === 'critical' && critical.includes(name)),
    ...refusalReasons(snapshot),
  ];
  const degraded = [
    ...(backplane === 'degraded' ? backplaneReasons(snapshot) : []),
    ...levelReasons(
      snapshot,
      (name, level) => level !== 'normal' && !(level === 'critical' && critical.includes(name)),
    ),
    ...sheddingReasons(snapshot),
    ...fullReasons(snapshot),
  ];
  const impaired = degraded.length > 0 ? 'degraded' : 'up';
  return { status: down.length > 0 ? 'down' : impaired, reasons: [...down, ...degraded] };
}

function drainReasons(drain: SseDrainState): string[] {
  return drain === 'serving' ? [] : [`it gives up its streams (${drain})`];
}

function backplaneReasons({ backplane: { status, reason = 'no reason is known' } }: SseMetricsSnapshot): string[] {
  return status === 'up' ? [] : [`the backplane is down: ${reason}`];
}

function levelReasons(
  { levels, resources, thresholds }: SseMetricsSnapshot,
  counts: (watched: Watched, level: SseMetricsSnapshot['level']) => boolean,
): string[] {
  return Object.entries(levels)
    .map(([watched, level]) => ({ watched: watched as Watched, level }))
    .filter(({ watched, level }) => counts(watched, level))
    .map(({ watched, level }) => {
      const threshold = level === 'normal' ? undefined : thresholds[watched]?.[level];
      return `${watched} is ${level}: ${resources[watched]}, from ${threshold ?? 0} on`;
    });
}

/** A node that sheds load by refusing is overloaded. One that is full is not: who is in is served, and so are other routes. */
function refusalReasons({ shedding }: SseMetricsSnapshot): string[] {
  return isRefusing(shedding) ? [`it refuses new streams to shed load (${shedding})`] : [];
}

function sheddingReasons({ shedding }: SseMetricsSnapshot): string[] {
  return shedding === 'none' || isRefusing(shedding) ? [] : [`it sheds load (${shedding})`];
}

function fullReasons({ connections, limits }: SseMetricsSnapshot): string[] {
  const isFull = limits.connections !== null && connections.active >= limits.connections;
  return isFull ? [`all ${limits.connections} places are taken`] : [];
}

function isRefusing(shedding: SseMetricsSnapshot['shedding']): boolean {
  return shedding === 'refusing' || shedding === 'closing';
}
