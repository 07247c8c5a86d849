import { performance } from 'node:perf_hooks';
import { RedisServer } from '../../test/harness/redis-server.js';
import { type Latencies, type ReceiptCommands } from '../client/receipt-commands.js';
import { type Contender } from '../contenders.js';
import { Remote } from '../process/remote.js';
import { type ServerCommands } from '../servers/server-commands.js';
import { type Sample, type Work } from './work.js';

const NODES = 2;
const PUBLISHES_PER_SECOND = 1_000;
const WARM_UP = 2_000;
const MEASURED = 10_000;
/** Publishes of each node that are on their way at once where nothing holds them back. */
const ON_THEIR_WAY = 64;

export const twoNodes: Work = {
  id: 'P9',
  title: 'Two nodes and a Redis',
  how:
    'Two server processes, ten clients on each, one redis-server, all on this machine. First 1,000 publishes a second, ' +
    'half of them on each node, for 10 seconds after 2 to warm up: from the call of `toChannel()` to the receipt of the ' +
    'event by a client, looked at by one client of each node; and the CPU time of both server processes for each. Then as many publishes as the nodes get accepted, 64 of each ' +
    'on their way at once, for another 10 seconds: their number by the time until every client of both nodes has all of them.',
  connections: 20,
  seconds: 30,
  contenders: ['event-stream-redis'],
  metrics: [
    { key: 'p50', title: 'ms from publish to receipt, p50', digits: 2 },
    { key: 'p99', title: 'p99', digits: 2, drawn: true },
    { key: 'cpu', title: 'CPU µs a publish, both nodes', digits: 0 },
    { key: 'rate', title: 'publishes a second, flat out', digits: 0, drawn: true, moreIsBetter: true },
    { key: 'p50FlatOut', title: 'ms then, p50', digits: 1 },
    { key: 'p99FlatOut', title: 'p99', digits: 1 },
  ],
  measure,
};

async function measure(contender: Contender, connections: number): Promise<Sample> {
  const redis = await RedisServer.start();
  const nodes = Array.from({ length: NODES }, () => {
    return new Remote<ServerCommands>(new URL(`../servers/${contender.id}.js`, import.meta.url), ['--expose-gc']);
  });
  const clients = new Remote<ReceiptCommands>(new URL('../client/receipt-client.js', import.meta.url));
  try {
    const started = await Promise.all(nodes.map((node) => node.call('start', { redisUrl: redis.url })));
    const ports = started.map(({ port }) => port);
    await clients.call('open', { ports, connectionsEach: Math.ceil(connections / NODES) });
    return await publishOnAll(nodes, clients);
  } finally {
    await Promise.all([clients, ...nodes].map((remote) => remote.stop()));
    await redis.stop();
  }
}

async function publishOnAll(
  nodes: readonly Remote<ServerCommands>[],
  clients: Remote<ReceiptCommands>,
): Promise<Sample> {
  let published = 0;
  const onEach = async (publish: (node: Remote<ServerCommands>) => Promise<number>): Promise<Latencies> => {
    for (const count of await Promise.all(nodes.map(publish))) published += count;
    return clients.call('received', published);
  };
  const perSecond = PUBLISHES_PER_SECOND / NODES;
  await onEach((node) => node.call('publishByClock', { perSecond, milliseconds: WARM_UP }));
  const publishedBefore = published;
  const cpuBefore = await cpuOfAll(nodes);
  const paced = await onEach((node) => node.call('publishByClock', { perSecond, milliseconds: MEASURED }));
  const cpuAfter = await cpuOfAll(nodes);
  const before = published;
  const start = performance.now();
  const flatOut = await onEach((node) =>
    node.call('publishFlatOut', { onTheirWay: ON_THEIR_WAY, milliseconds: MEASURED }),
  );
  return {
    p50: paced.p50,
    p99: paced.p99,
    cpu: (cpuAfter - cpuBefore) / (before - publishedBefore),
    rate: (published - before) / ((performance.now() - start) / 1000),
    p50FlatOut: flatOut.p50,
    p99FlatOut: flatOut.p99,
  };
}

async function cpuOfAll(nodes: readonly Remote<ServerCommands>[]): Promise<number> {
  const times = await Promise.all(nodes.map((node) => node.call('cpu', null)));
  return times.reduce((all, { user, system }) => all + user + system, 0);
}
