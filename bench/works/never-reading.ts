import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type StallingCommands } from '../client/stalling-commands.js';
import { type Contender } from '../contenders.js';
import { Remote } from '../process/remote.js';
import { broadcaster, cpuOf } from './deliveries.js';
import { Pair } from './pair.js';
import { type Sample, type Work } from './work.js';

/** One in so many of the connections stops reading. */
const STALLING_SHARE = 5;
const WARM_UP = 10;
const BROADCASTS = 30;
/** In ticks of ten events: so many that their queues are too short for them, and history holds them still. */
const TICKS_TO_FALL_BEHIND = 30;
/** In ticks of a hundred: what history holds, and twice that. */
const TICKS_TO_FILL_THE_HISTORY = 11;
const TICKS_TO_LOSE_THE_THREAD = 21;
/** Of 16 KB each: more than any kernel buffers for a Unix socket. */
const MOST_BALLAST = 500;

export const neverReading: Work = {
  id: 'P7',
  title: '1,000 of 5,000 subscribers do not read',
  how:
    'As P1, for 4,000 clients that read, while 1,000 do not. The sockets of these are full to begin with. CPU time of the ' +
    'server process per delivery to the 4,000, over 30 broadcasts while events wait in the queues of the 1,000 and 30 ' +
    'after they have fallen behind. Memory, for each of the 1,000, is the heap in use and the buffers after several ' +
    'collections, less what they were when all read and the history was full: when the 1,000 are behind, and how much ' +
    'more it is after they have stalled again for 2,100 events, twice what the history holds. After each of the two they ' +
    'read again: the events that each gets after the first, what share of them is told to load the channel anew after the ' +
    'first and the second, and what is missing, or out of order, without a word. The 1,000 come through a Unix socket, ' +
    'for which the kernel buffers 0.2 MB: for one on the loopback it takes 4 MB before its client is slow, and more than ' +
    'this machine has for all sockets before 1,000 are.',
  connections: 5_000,
  seconds: 30,
  contenders: ['event-stream-channel'],
  metrics: [
    { key: 'cpu', title: 'CPU µs an event', digits: 2 },
    { key: 'user', title: 'of which user', digits: 2 },
    { key: 'held', title: 'memory, KB', digits: 1 },
    { key: 'more', title: 'and more after 2 × the history, KB', digits: 2 },
    { key: 'regained', title: 'events regained', digits: 0 },
    { key: 'resets', title: 'resets told then', digits: 2 },
    { key: 'resetsLater', title: 'resets told in the end', digits: 2 },
    { key: 'untold', title: 'missing or out of order', digits: 0 },
  ],
  measure,
};

async function measure(contender: Contender, connections: number): Promise<Sample> {
  const folder = await mkdtemp(join(tmpdir(), 'sse-bench-'));
  const socketPath = join(folder, 'stalling');
  const stalling = new Remote<StallingCommands>(new URL('../client/stalling-client.js', import.meta.url));
  try {
    return await Pair.run(contender, (pair) => stallAndRegain(pair, stalling, socketPath, connections), { socketPath });
  } finally {
    await stalling.stop();
    await rm(folder, { recursive: true });
  }
}

async function stallAndRegain(
  pair: Pair,
  stalling: Remote<StallingCommands>,
  path: string,
  connections: number,
): Promise<Sample> {
  const { server } = pair;
  const stalled = Math.floor(connections / STALLING_SHARE);
  const readers = connections - stalled;
  await stalling.call('open', { path, connections: stalled });
  await pair.open(readers);
  const publish = broadcaster(pair, readers);
  await publish(TICKS_TO_FILL_THE_HISTORY, 100);
  await publish(WARM_UP);
  await stalling.call('stopReading', null);
  const before = await memory(pair);

  await fillSockets(pair, stalled);
  const waiting = await cpuOf(pair, () => publish(BROADCASTS));
  if ((await server.call('waiting', null)).events < stalled * BROADCASTS) throw new Error('They do not stall');
  await publish(TICKS_TO_FALL_BEHIND, 10);
  const behind = await cpuOf(pair, () => publish(BROADCASTS));
  if ((await server.call('waiting', null)).events > stalled * BROADCASTS) throw new Error('They do not fall behind');
  const held = await memory(pair);
  const caughtUp = await stalling.call('readAgain', { until: (await publish(1)) ?? '' });

  await stalling.call('stopReading', null);
  await fillSockets(pair, stalled);
  await publish(TICKS_TO_LOSE_THE_THREAD, 100);
  const atLast = await memory(pair);
  const toldAnew = await stalling.call('readAgain', { until: (await publish(1)) ?? '' });
  const deliveries = 2 * BROADCASTS * readers;
  return {
    cpu: (waiting.all + behind.all) / deliveries,
    user: (waiting.user + behind.user) / deliveries,
    held: (held - before) / stalled / 1024,
    more: (atLast - held) / stalled / 1024,
    regained: caughtUp.events / stalled,
    resets: caughtUp.resets / stalled,
    resetsLater: toldAnew.resets / stalled,
    untold: caughtUp.gaps + caughtUp.disordered + toldAnew.gaps + toldAnew.disordered,
  };
}

/** Until the kernel takes no more for any of those who do not read, so that what is published next waits in the server. */
async function fillSockets({ server }: Pair, stalled: number): Promise<void> {
  for (let sent = 0; sent < MOST_BALLAST; sent++) {
    if ((await server.call('waiting', null)).connections >= stalled) return;
    await server.call('ballast', null);
  }
  throw new Error(`After ${MOST_BALLAST} large events nothing waits for those who do not read`);
}

async function memory({ server }: Pair): Promise<number> {
  const { heap, external } = await server.call('memory', null);
  return heap + external;
}
