import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ONE_OF_EACH_NEST } from '../harness/matrix.js';
import { RedisServer } from '../harness/redis-server.js';
import { TestServer } from '../harness/test-server.js';

// F6 over nodes: each describes itself with its lease.
describe('nodes that share a Redis', () => {
  let redis: RedisServer;
  let servers: TestServer[] = [];
  beforeAll(async () => {
    redis = await RedisServer.start();
    const config = {
      redis: { url: redis.url, lease: 1_500 },
      options: { monitoring: { interval: 100, degrade: false } },
    };
    servers = await Promise.all(ONE_OF_EACH_NEST.map((target) => TestServer.start(target, config)));
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await redis.stop();
  });

  async function untilNodes(server: TestServer, condition: (connections: number[]) => boolean) {
    for (;;) {
      const nodes = await server.call('nodes');
      if (condition(nodes.map(({ connections }) => connections))) return nodes;
      await server.call('settle');
    }
  }

  it('know of each other what they do, and forget who is gone', async () => {
    const [one, two] = servers as [TestServer, TestServer];
    await two.open('/channels?c=room');
    await two.open('/channels?c=room');

    const nodes = await untilNodes(one, (connections) => connections.join() === '0,2');
    expect(nodes.map(({ pid }) => pid)).toEqual([one.pid, two.pid]);
    expect(nodes[1]).toMatchObject({ level: 'normal', shedding: 'none' });
    const seenByTwo = await untilNodes(two, (connections) => connections.length === 2);
    expect(seenByTwo.map(({ node }) => node)).toEqual(nodes.map(({ node }) => node).reverse());

    await two.closeClients();
    await two.stop();

    const left = await untilNodes(one, (connections) => connections.length === 1);
    expect(left[0]!.pid).toBe(one.pid);
  });
});
