import { type SseModuleOptions } from 'nestjs-event-stream';
import { redisBackplane } from 'nestjs-event-stream/redis';
import { milliseconds } from '../environment/milliseconds.js';
import { sessionLife } from '../session/session-life.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

/** With `REDIS_URL` this process is one of several nodes, which share all they know; without it, it is alone. */
export function streamOptions(env: NodeJS.ProcessEnv): SseModuleOptions {
  const { REDIS_URL: url } = env;
  const life = sessionLife(env);
  return {
    // A browser opens at most six connections to a host over all its tabs. Five streams leave one for everything
    // else; the sixth tab replaces the oldest, which is told so and stays closed.
    connections: {
      maxPerUser: 5,
      onUserLimit: 'replace-oldest',
      // A browser whose stream was cut comes back after so long.
      retry: milliseconds(env, 'RECONNECT_AFTER', 3 * SECOND),
      // A page has a minute to renew its token, or a third of it, where it lives shortly.
      expiringNotice: Math.min(MINUTE, Math.floor(life / 3)),
    },
    // More than people do, and less than a page that has run wild.
    security: {
      connectRate: { perIp: { attempts: 600, window: MINUTE }, perUser: { attempts: 120, window: MINUTE } },
    },
    // There is no other store: what was said in a room is there for so long.
    history: { maxAge: DAY },
    // And a direct message waits for so long.
    messageQueue: { ttl: 7 * DAY },
    // Whoever is gone for less than that, as for a reconnect, was here all the time.
    presence: { grace: milliseconds(env, 'PRESENCE_GRACE', 5 * SECOND) },
    // So long a process that was told to stop still serves, while `/health/ready` says that it leaves: a load balancer
    // needs the time to see that, its interval times its tries.
    shutdown: { readinessDelay: milliseconds(env, 'DRAIN_DELAY', 0) },
    backplane: url ? redisBackplane({ url, prefix: 'chat' }) : undefined,
  };
}
