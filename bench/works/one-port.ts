import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { RedisServer } from '../../test/harness/redis-server.js';
import { type ClientCommands } from '../client/client-commands.js';
import { type Contender } from '../contenders.js';
import { launchWorker } from '../process/launch-worker.js';
import { Remote } from '../process/remote.js';
import { type ServerCommands } from '../servers/server-commands.js';
import { type Sample, type Work } from './work.js';

const PROCESSES = 2;
const CONCURRENCY = 64;
const OPENED_BEFORE = 1_000;
const BROADCASTS_BEFORE = 10;
const BROADCASTS = 30;
/** How often it is looked whether the servers have noticed that their clients are gone, in ms. */
const LOOK = 50;

export const onePort: Work = {
  id: 'P11',
  title: 'One process, and two on one port',
  how:
    'Streams opened as in P10, and then events published as in P1, all of them in one of the processes. CPU time is that of ' +
    'the server processes, all together; beside it that of the busiest, since it is the first to have no more: what it ' +
    'can do in a second of its CPU time is what the servers carry where each has a core. By the clock, the clients and ' +
    'Redis take their part of the same cores. Of two processes a third one takes the connections, and deals them out in turn.',
  connections: 5_000,
  seconds: 12,
  contenders: ['event-stream-channel', 'event-stream-redis', 'event-stream-processes'],
  metrics: [
    { key: 'carried', title: 'events a CPU second of the busiest process', digits: 0, moreIsBetter: true },
    { key: 'cpu', title: 'CPU µs an event, all server processes', digits: 2 },
    { key: 'clients', title: 'CPU µs an event, clients', digits: 2 },
    { key: 'clock', title: 'events a second by the clock', digits: 0 },
    {
      key: 'openingCarried',
      title: 'opened a CPU second of the busiest process',
      digits: 0,
      drawn: true,
      moreIsBetter: true,
    },
    { key: 'openingCpu', title: 'CPU µs an opening, all server processes', digits: 0 },
    { key: 'dealing', title: 'of which dealing out', digits: 0 },
    { key: 'openingClock', title: 'opened a second by the clock', digits: 0 },
  ],
  measure,
};

/** The CPU time that each process has spent on a task, in µs, and the time that it took, in ms. */
interface Spent {
  servers: number[];
  clients: number;
  /** This process, which deals the connections out where there are two. */
  dealer: number;
  clock: number;
}

async function measure(contender: Contender, connections: number): Promise<Sample> {
  const several = contender.id === 'event-stream-processes';
  const redis = contender.needsRedis && (await RedisServer.start());
  const script = new URL(`../servers/${contender.id}.js`, import.meta.url);
  const launches = several
    ? await Promise.all(Array.from({ length: PROCESSES }, () => launchWorker(script)))
    : [undefined];
  const servers = launches.map((launch) => new Remote<ServerCommands>(script, ['--expose-gc'], launch));
  const clients = new Remote<ClientCommands>(new URL('../client/client.js', import.meta.url));
  try {
    const started = servers.map((server) => server.call('start', { redisUrl: redis?.url }));
    const [port = 0] = (await Promise.all(started)).map((answer) => answer.port);
    const open = (count: number) =>
      clients.call('open', {
        port,
        path: '/events',
        protocol: contender.protocol,
        acceptEncoding: contender.acceptEncoding,
        connections: count,
        concurrency: CONCURRENCY,
      });
    await open(OPENED_BEFORE);
    await clients.call('cut', null);
    await untilEmpty(servers);
    const opening = await spentOn({ servers, clients }, () => open(connections));
    let received = 0;
    const broadcast = async (times: number): Promise<void> => {
      for (let turn = 0; turn < times; turn++) {
        received += connections;
        await Promise.all([clients.call('received', received), servers[0]?.call('publish', 1)]);
      }
    };
    await broadcast(BROADCASTS_BEFORE);
    const delivering = await spentOn({ servers, clients }, () => broadcast(BROADCASTS));
    return { ...ofDeliveries(delivering, BROADCASTS * connections), ...ofOpening(opening, connections, several) };
  } finally {
    await Promise.all([clients, ...servers].map((remote) => remote.stop()));
    await redis?.stop();
  }
}

function ofDeliveries({ servers, clients, clock }: Spent, events: number): Sample {
  return {
    carried: events / (Math.max(...servers) / 1e6),
    cpu: sum(servers) / events,
    clients: clients / events,
    clock: events / (clock / 1e3),
  };
}

function ofOpening({ servers, dealer, clock }: Spent, opened: number, several: boolean): Sample {
  const all = several ? [...servers, dealer] : servers;
  return {
    openingCarried: opened / (Math.max(...all) / 1e6),
    openingCpu: sum(all) / opened,
    dealing: several ? dealer / opened : NaN,
    openingClock: opened / (clock / 1e3),
  };
}

interface Processes {
  servers: readonly Remote<ServerCommands>[];
  clients: Remote<ClientCommands>;
}

async function spentOn({ servers, clients }: Processes, task: () => Promise<unknown>): Promise<Spent> {
  const spent = async () => {
    const times = await Promise.all([...servers.map((server) => server.call('cpu', null)), clients.call('cpu', null)]);
    return [...times, process.cpuUsage()].map(({ user, system }) => user + system);
  };
  // What was done before must not be collected on the account of the task.
  await Promise.all(servers.map((server) => server.call('memory', null)));
  const before = await spent();
  const start = performance.now();
  await task();
  const clock = performance.now() - start;
  const each = (await spent()).map((time, index) => time - (before[index] ?? 0));
  const [dealer = 0, ofClients = 0] = each.splice(servers.length).reverse();
  return { servers: each, clients: ofClients, dealer, clock };
}

async function untilEmpty(servers: readonly Remote<ServerCommands>[]): Promise<void> {
  for (const server of servers) while ((await server.call('connections', null)) > 0) await delay(LOOK);
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
