import { type SseModuleOptions } from 'nestjs-event-stream';
import { redisBackplane } from 'nestjs-event-stream/redis';
import { sessionLife } from '../session/session-life.js';

const MINUTE = 60 * 1000;
const DAY = 24 * 60 * 60 * 1000;

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
    backplane: url ? redisBackplane({ url, prefix: 'chat' }) : undefined,
  };
}
