import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { redisBackplane, type RedisBackplaneOptions } from 'nestjs-event-stream/redis';
import { backplaneContract } from 'nestjs-event-stream/testing';
import { createClient, createCluster } from 'redis';
import { RedisServer } from '../harness/redis-server.js';
import { startCluster } from './redis-cluster.js';

const SETUPS: Record<string, { start: () => Promise<RedisServer>; options: (url: string) => RedisBackplaneOptions }> = {
  'on one Redis': { start: () => RedisServer.start(), options: (url) => ({ url }) },
  'on one Redis, by a client': {
    start: () => RedisServer.start(),
    options: (url) => ({ client: createClient({ url, RESP: 2 }) }),
  },
  'on a cluster': { start: startCluster, options: (url) => ({ url }) },
  'on a cluster, by a client': {
    start: startCluster,
    options: (url) => ({ client: createCluster({ rootNodes: [{ url }] }) }),
  },
};

describe.each(Object.entries(SETUPS))('The Redis backplane %s', (_name, { start, options }) => {
  let server: RedisServer;
  let prefixes = 0;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.stop());

  const cases = backplaneContract(() => {
    const prefix = `case-${++prefixes}`;
    return () => redisBackplane({ ...options(server.url), prefix });
  });
  for (const { name, run } of cases) it(name, run);
});
