import { setTimeout as delay } from 'node:timers/promises';
import { type Contender } from '../contenders.js';
import { type Stalls } from '../profile/stalls.js';
import { HEARTBEAT_INTERVAL } from '../servers/server-commands.js';
import { cpuOf } from './deliveries.js';
import { Pair } from './pair.js';
import { type Sample, type Work } from './work.js';

/** How often each is watched, for one interval. */
const TIMES = 2;

/**
 * V8 collects again some seconds after a collection where a process does little, to give memory back. That takes longer than all
 * heartbeats of that time, and falls into the one watch or the other.
 */
const NO_COLLECTION_WHILE_IDLE = '--no-memory-reducer';

export const heartbeats: Work = {
  id: 'P6',
  title: 'Heartbeats to 5,000 idle connections',
  how:
    'One server process, warmed up by 5,000 streams that came and went; first with 5,000 that have no heartbeats, then with ' +
    '5,000 that have one every 5 s: 1,000 a second, six times as many as by default. CPU time of the process over 10 s ' +
    'with heartbeats, less that without, for each heartbeat that was written. Over another 10 s, since the watch costs ' +
    'time itself, how long the event loop kept a timer waiting (`monitorEventLoopDelay`, resolution 1 ms): at most, and ' +
    'for 999 of 1,000 timers; without the collections that V8 makes of a process that does little (`--no-memory-reducer`). What else runs on the machine makes it wait as well, which the streams without are there to show.',
  connections: 5_000,
  seconds: 65,
  contenders: ['event-stream-channel'],
  metrics: [
    { key: 'cpu', title: 'CPU µs a heartbeat', digits: 2 },
    { key: 'longest', title: 'longest stall, ms', digits: 2, drawn: true },
    { key: 'p999', title: 'p99.9, ms', digits: 2 },
    { key: 'longestIdle', title: 'longest without heartbeats, ms', digits: 2 },
    { key: 'p999Idle', title: 'p99.9 without, ms', digits: 2 },
    { key: 'perSecond', title: 'heartbeats a second', digits: 0 },
  ],
  measure,
};

function measure(contender: Contender, connections: number): Promise<Sample> {
  const task = async (pair: Pair): Promise<Sample> => {
    await pair.open(connections, { path: '/beating' });
    await pair.leave();
    const idle = await watch(pair, connections, '/quiet');
    await pair.leave();
    const beating = await watch(pair, connections, '/beating');
    return {
      cpu: (beating.cpu - idle.cpu) / beating.heartbeats,
      longest: beating.stalls.longest,
      p999: beating.stalls.p999,
      longestIdle: idle.stalls.longest,
      p999Idle: idle.stalls.p999,
      perSecond: beating.heartbeats / ((TIMES * HEARTBEAT_INTERVAL) / 1000),
    };
  };
  return Pair.run(contender, task, {}, [NO_COLLECTION_WHILE_IDLE]);
}

interface Watched {
  /** µs of CPU time. */
  cpu: number;
  heartbeats: number;
  stalls: Stalls;
}

async function watch(pair: Pair, connections: number, path: string): Promise<Watched> {
  await pair.open(connections, { path });
  // The first heartbeats come within this time, and compile what the others run.
  await delay(HEARTBEAT_INTERVAL);
  const watched: Watched = { cpu: 0, heartbeats: 0, stalls: { longest: 0, p999: 0 } };
  for (let time = 0; time < TIMES; time++) {
    await watchWork(pair, watched);
    await watchStalls(pair, watched);
  }
  return watched;
}

async function watchWork(pair: Pair, watched: Watched): Promise<void> {
  const { server } = pair;
  const { all } = await cpuOf(pair, async () => {
    const before = await server.call('heartbeats', null);
    await delay(HEARTBEAT_INTERVAL);
    watched.heartbeats += (await server.call('heartbeats', null)) - before;
  });
  watched.cpu += all;
}

async function watchStalls({ server }: Pair, { stalls }: Watched): Promise<void> {
  await server.call('memory', null);
  await server.call('startStallWatch', null);
  await delay(HEARTBEAT_INTERVAL);
  const { longest, p999 } = await server.call('stopStallWatch', null);
  stalls.longest = Math.max(stalls.longest, longest);
  stalls.p999 = Math.max(stalls.p999, p999);
}
