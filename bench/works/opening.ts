import { setTimeout as delay } from 'node:timers/promises';
import { type Contender } from '../contenders.js';
import { Pair } from './pair.js';
import { type Sample, type Work } from './work.js';

const WARM_UP = 1_000;

export const opening: Work = {
  id: 'P10',
  title: 'Opening connections',
  how:
    'Streams opened, 64 of them under way at once, after 1,000 that warm up and are cut. The rate that counts is that of ' +
    'a second of CPU time of the server process: by the clock, the clients and whatever else runs on the machine set it ' +
    'as well. Both are the same where the server is busy throughout, with clients that never keep it waiting.',
  connections: 3_000,
  seconds: 5,
  contenders: ['event-stream-channel', 'bare-express', 'nest-sse'],
  metrics: [
    { key: 'rate', title: 'opened a CPU second', digits: 0, moreIsBetter: true },
    { key: 'cpu', title: 'CPU µs each', digits: 0 },
    { key: 'clock', title: 'opened a second by the clock', digits: 0, moreIsBetter: true },
  ],
  measure,
};

function measure(contender: Contender, connections: number): Promise<Sample> {
  return Pair.run(contender, async (pair) => {
    await pair.open(WARM_UP);
    await pair.client.call('cut', null);
    await delay(500);
    await pair.server.call('memory', null);
    const before = await pair.server.call('cpu', null);
    const { milliseconds } = await pair.open(connections);
    const after = await pair.server.call('cpu', null);
    const cpu = after.user + after.system - before.user - before.system;
    return { rate: connections / (cpu / 1e6), cpu: cpu / connections, clock: connections / (milliseconds / 1000) };
  });
}
