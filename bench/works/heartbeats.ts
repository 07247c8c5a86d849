import { setTimeout as delay } from 'node:timers/promises';
import { type Contender } from '../contenders.js';
import { type Stalls } from '../profile/stalls.js';
import { HEARTBEAT_INTERVAL } from '../servers/server-commands.js';
import { cpuOf } from './deliveries.js';
import { Pair } from './pair.js';
import { type Sample, type Work } from './work.js';

/** ms. Each connection has two heartbeats in it. */
const WATCHED = 2 * HEARTBEAT_INTERVAL;

export const heartbeats: Work = {
  id: 'P6',
  title: 'Heartbeats to 5,000 idle connections',
  how:
    'One server process, warmed up by 5,000 streams that came and went; first with 5,000 that have no heartbeats, then with 5,000 that have one ' +
    'every 5 s: 1,000 a second, six times as many as by default. CPU time of the process over 10 s with heartbeats, less ' +
    'that without, for each heartbeat that was written. Then, over 10 s of their own since the watch costs time itself, ' +
    'how long the event loop kept a timer waiting (`monitorEventLoopDelay`, resolution 1 ms): at most, and for 999 of ' +
    '1,000 timers. What else runs on the machine makes it wait as well, which is what the idle streams are there to show.',
  connections: 5_000,
  seconds: 60,
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
  return Pair.run(contender, async (pair) => {
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
      perSecond: beating.heartbeats / (WATCHED / 1000),
    };
  });
}

async function watch(
  pair: Pair,
  connections: number,
  path: string,
): Promise<{ cpu: number; heartbeats: number; stalls: Stalls }> {
  const { server } = pair;
  await pair.open(connections, { path });
  // The first heartbeats come within this time, and compile what the others run.
  await delay(HEARTBEAT_INTERVAL);
  let heartbeats = 0;
  const { all } = await cpuOf(pair, async () => {
    const before = await server.call('heartbeats', null);
    await delay(WATCHED);
    heartbeats = (await server.call('heartbeats', null)) - before;
  });
  await server.call('memory', null);
  await server.call('startStallWatch', null);
  await delay(WATCHED);
  return { cpu: all, heartbeats, stalls: await server.call('stopStallWatch', null) };
}
