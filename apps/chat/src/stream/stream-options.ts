import { type SseModuleOptions } from 'nestjs-event-stream';
import { redisBackplane } from 'nestjs-event-stream/redis';

const DAY = 24 * 60 * 60 * 1000;

/** With `REDIS_URL` this process is one of several nodes, which share all they know; without it, it is alone. */
export function streamOptions({ REDIS_URL: url }: NodeJS.ProcessEnv): SseModuleOptions {
  return {
    // A browser opens at most six connections to a host over all its tabs. Five streams leave one for everything
    // else; the sixth tab replaces the oldest, which is told so and stays closed.
    connections: { maxPerUser: 5, onUserLimit: 'replace-oldest' },
    // There is no other store: what was said in a room is there for so long.
    history: { maxAge: DAY },
    // And a direct message waits for so long.
    messageQueue: { ttl: 7 * DAY },
    backplane: url ? redisBackplane({ url, prefix: 'chat' }) : undefined,
  };
}
