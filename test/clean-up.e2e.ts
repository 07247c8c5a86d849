import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { LoadEngine } from '../apps/loadtest/src/load-engine.js';
import { type UsedOnce } from './fixture/passers-by.js';
import { MATRIX } from './harness/matrix.js';
import { RedisServer } from './harness/redis-server.js';
import { TestServer } from './harness/test-server.js';
import { useServer } from './harness/use-server.js';

const MANY = 100_000;
/** Where each is a question to Redis. */
const FEW = 1_000;
/** What is used is used in so many calls. */
const PARTS = 10;
/** Of those that take a socket each. */
const STREAMS = 1_000;
const KINDS: readonly UsedOnce[] = ['events', 'messages', 'tickets', 'attempts', 'revocations', 'buckets'];
/** As long as anything is kept: a revocation, by default. */
const MONTH = 31 * 24 * 3_600_000;
const PATIENCE = 120_000;

const MINUTE = { attempts: 5, window: 60_000 };
const CONFIG = {
  trustProxy: 'loopback',
  options: {
    rateLimit: { messagesPerSecond: 10, per: 'user' },
    connections: { maxPerUser: 5, maxPerIp: 5 },
    security: { connectRate: { perIp: MINUTE, perUser: MINUTE } },
    presence: { grace: 100 },
    // What a round does to the event loop is no reason to refuse anybody.
    monitoring: { degrade: false },
  },
};

/** What is kept on purpose, and how much of it at most. */
const KEPT: Record<string, number> = {
  // Of each channel the number of its last event: a client that comes back is told by it whether it missed anything.
  'Symbol(sse:backplane).running.log.history.lasts.numbers.entries': 100_000,
  // For an engine that forgets: it is told again who was revoked.
  'SseRevocations.remembered.entries': 10_000,
  'RateMeter.counters.marks': 11,
  'RateMeter.latencyCounts.marks': 11,
};

// F7: whoever was here once, and whatever was used once, is forgotten.
describe('what was used once', () => {
  const server = useServer(MATRIX[0]!, CONFIG);

  it(
    `leaves nothing in any map, and no memory, of ${MANY} of each kind`,
    async () => {
      const before = await server.call('collections');
      const memory: number[] = [];
      for (const [round, count] of [MANY, MANY / 10, MANY / 10].entries()) {
        for (const kind of KINDS) await use(server, kind, `round-${round}`, count);
        await useStreams(server, `round-${round}`, count);
        await server.call('skip', MONTH);
        // What waited for too long is told when somebody looks for what waits for him.
        await (await server.open('/channels?c=any&user=anybody')).close();
        await untilNothingIsLeft(server, before);
        memory.push(await server.call('memory'));
      }
      expect(memory[2]! / memory[0]!).toBeLessThan(1.05);
    },
    PATIENCE,
  );
});

describe('what was used once on Redis', () => {
  let redis: RedisServer;
  let server: TestServer | undefined;
  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterAll(async () => {
    await server?.stop();
    await redis.stop();
  });

  it(
    'leaves nothing in any map of the node',
    async () => {
      server = await TestServer.start(MATRIX[0]!, { ...CONFIG, redis: { url: redis.url } });
      const before = await server.call('collections');
      for (const kind of KINDS) await use(server, kind, 'once', FEW);
      await useStreams(server, 'once', FEW);
      await server.call('skip', MONTH);
      await untilNothingIsLeft(server, before);
    },
    PATIENCE,
  );
});

/** In parts: an answer that takes too long is that of a server that hangs, and a busy machine is to have time for each. */
async function use(server: TestServer, kind: UsedOnce, name: string, count: number): Promise<void> {
  for (let part = 0; part < PARTS; part++) await server.call('useOnce', kind, `${name}-${part}`, count / PARTS);
}

/** Streams of as many users and addresses, members of a channel, of which one is on many others for a moment. */
async function useStreams(server: TestServer, name: string, subscriptions: number): Promise<void> {
  const load = new LoadEngine({
    url: `${server.url}/channels/lobby?id=${name}`,
    connections: STREAMS,
    interval: 0,
    headers: (n) => ({ 'x-user': `${name}-${n}`, 'x-forwarded-for': `10.0.${n >> 8}.${n & 255}` }),
  });
  expect(await load.open()).toMatchObject({ open: STREAMS });
  await use(server, 'subscriptions', name, subscriptions);
  await load.cut('reset');
  await server.idle();
}

/** What has expired is looked for every few seconds. */
async function untilNothingIsLeft(server: TestServer, before: Record<string, number>): Promise<void> {
  const deadline = performance.now() + PATIENCE / 4;
  let left: [string, number][];
  do {
    await delay(50);
    const sizes = Object.entries(await server.call('collections'));
    left = sizes.filter(([path, size]) => size > (KEPT[path] ?? before[path] ?? 0));
  } while (left.length > 0 && performance.now() < deadline);
  expect(left).toEqual([]);
}
