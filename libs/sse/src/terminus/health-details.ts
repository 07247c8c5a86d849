import { type SseDrainState, type SseMetricsSnapshot, type Watched } from '../index.js';

/** What somebody needs to see first who was woken by it. Terminus keeps the keys `status` and `responseTime` for itself. */
export type HealthDetails = ReturnType<typeof healthDetails>;

export function healthDetails(snapshot: SseMetricsSnapshot, drain: SseDrainState) {
  const { node, uptime, connections, limits, shedding, backplane, resources, queues } = snapshot;
  return {
    node,
    uptime: Math.round(uptime),
    drain,
    shedding,
    backplane: backplane.status === 'up' ? 'up' : `down: ${backplane.reason ?? 'no reason is known'}`,
    connections: { active: connections.active, max: limits.connections, refused: connections.refused },
    pressure: pressure(snapshot),
    eventLoop: {
      delay: resources.eventLoopDelay,
      maxDelay: resources.eventLoopDelayMax,
      utilization: resources.eventLoopUtilization,
    },
    cpu: resources.cpu,
    memory: {
      rss: resources.rss,
      limit: resources.memoryLimit,
      heapUsed: resources.heapUsed,
      heapLimit: resources.heapLimit,
    },
    queues: {
      events: queues.events,
      bytes: queues.bytes,
      maxBytes: limits.queuedBytes,
      blockedConnections: queues.blocked,
    },
  };
}

/** Only what is not normal: at 3 a.m. the rest is in the way. */
function pressure({ levels, resources, thresholds }: SseMetricsSnapshot) {
  const found = Object.entries(levels).flatMap(([name, level]) => {
    if (level === 'normal') return [];
    const watched = name as Watched;
    return [[watched, { level, value: resources[watched], threshold: thresholds[watched]?.[level] }] as const];
  });
  return Object.fromEntries(found);
}
