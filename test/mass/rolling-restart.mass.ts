import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { LoadEngine } from '../../apps/loadtest/src/load-engine.js';
import { MATRIX } from '../harness/matrix.js';
import { RedisServer } from '../harness/redis-server.js';
import { type ServerConfig, TestServer } from '../harness/test-server.js';
import { LoadBalancer } from './load-balancer.js';
import { ReturningClient } from './returning-client.js';

const MANY = 2_000;
const AT_ONCE = 64;
const PER_SECOND = 400;
const TIMEOUT = 5_000;
/** Clients of the first node that read nothing. */
const STUCK = 5;
const BETWEEN_EVENTS = 100;
const PATIENCE = 60_000;

// F4: nodes are restarted one after the other, under full load, and nobody notices.
describe(`a rolling restart of two nodes with ${MANY} clients`, () => {
  let redis: RedisServer;
  let publisher: TestServer;
  const servers: TestServer[] = [];
  const balancer = new LoadBalancer();
  const clients = Array.from(
    { length: MANY },
    (_, n) => new ReturningClient(`user-${n}`, '/channels?c=news', balancer),
  );
  let isPublishing = true;
  let published = 0;

  beforeAll(async () => {
    redis = await RedisServer.start();
    [publisher] = await Promise.all([start({ worker: true }), startNode(), startNode()]);
  });

  afterAll(async () => {
    isPublishing = false;
    for (const client of clients) client.stop();
    await Promise.all(servers.map((server) => server.stop()));
    await redis.stop();
  });

  it(
    'loses no event, brings no crowd to any second, and is held up by nobody who does not read',
    async () => {
      const [one, two] = servers.filter(({ port }) => port > 0) as [TestServer, TestServer];
      await openAll();
      const publishing = publish();
      await until('each has its first event', () => clients.every(({ due }) => due > 0));
      const stuck = new LoadEngine({ url: `${one.url}/sources/subject?key=stuck`, connections: STUCK, interval: 0 });
      await stuck.open();
      for (const stream of stuck.streams) stream.pause();
      await one.call('flood', 'stuck', 256, 64 * 1_024);

      const onFirst = balancer.countOf(one.port);
      await restart(one);
      const afterFirst = returnsOf(one);
      expect(afterFirst).toHaveLength(onFirst);
      expect(one.output).toMatch(
        new RegExp(`Drained [\\d,]+ streams in [\\d,]+ ms; ${STUCK} were cut at the deadline`),
      );
      await stuck.cut();

      const onSecond = balancer.countOf(two.port);
      await restart(two);
      const afterSecond = returnsOf(two);
      expect(afterSecond).toHaveLength(onSecond);
      expect(two.output).toMatch(/Drained [\d,]+ streams in [\d,]+ ms streams=/);

      isPublishing = false;
      await publishing;
      await until('each has the last event', () => clients.every(({ due }) => due === published));
      expect(clients.flatMap(({ wrong }) => wrong)).toEqual([]);
      for (const times of [afterFirst, afterSecond]) {
        expect(mostInASecond(times)).toBeLessThanOrEqual(PER_SECOND * 1.2);
        expect(mostInASecond(times)).toBeGreaterThan(PER_SECOND / 2);
      }
    },
    PATIENCE,
  );

  /** As Kubernetes does: it is told to end, the balancer learns that it is not ready, and a new one takes its place. */
  async function restart(server: TestServer): Promise<void> {
    await server.call('watchEnds');
    server.signal('SIGTERM');
    await server.printed('Not ready any more');
    balancer.remove(server.port);
    const next = startNode();
    await server.printed('Drained');
    expect(await server.exited()).toBe('SIGTERM');
    await next;
    await until('all are back', () => clients.every(({ isOpen, port }) => isOpen && port !== server.port));
  }

  /**
   * When the clients of a node were told to be back. The plan is looked at, by the clock of the node that has made it: the
   * moment that it ended a stream, plus the `retry` that the client got. When they do come depends on how busy this process
   * is, which plays all of them.
   */
  function returnsOf(server: TestServer): number[] {
    return clients.flatMap(({ user, farewells }) =>
      farewells
        .filter(({ port }) => port === server.port)
        .map(({ retry }) => Number(server.notesOf(user, 'ended').at(-1)?.detail) + retry),
    );
  }

  async function startNode(): Promise<void> {
    const shutdown = {
      readinessDelay: 500,
      reconnectSpread: 1_000,
      maxReconnectsPerSecond: PER_SECOND,
      timeout: TIMEOUT,
    };
    const connections = { max: null, retry: 500 };
    const server = await start({ shutdownHooks: true, options: { connections, shutdown } });
    balancer.add(server.port);
  }

  async function start(config: ServerConfig): Promise<TestServer> {
    const server = await TestServer.start(MATRIX[0]!, { ...config, redis: { url: redis.url } });
    servers.push(server);
    return server;
  }

  async function openAll(): Promise<void> {
    for (let begun = 0; begun < MANY; begun += AT_ONCE) {
      const some = clients.slice(begun, begun + AT_ONCE);
      for (const client of some) client.connect();
      await until('they are open', () => some.every(({ isOpen }) => isOpen));
    }
  }

  async function publish(): Promise<void> {
    while (isPublishing) {
      await publisher.call('broadcast', 'toChannel', 'news', { data: String(published) });
      published++;
      await delay(BETWEEN_EVENTS);
    }
  }
});

async function until(what: string, condition: () => boolean): Promise<void> {
  const end = performance.now() + PATIENCE / 2;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`Waited in vain until ${what}`);
    await delay(10);
  }
}

/** The most of these times within any second, wherever it begins. */
function mostInASecond(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  let most = 0;
  for (let from = 0, to = 0; to < sorted.length; to++) {
    while ((sorted[to] ?? 0) - (sorted[from] ?? 0) >= 1_000) from++;
    most = Math.max(most, to - from + 1);
  }
  return most;
}
