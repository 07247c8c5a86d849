import { performance } from 'node:perf_hooks';
import { type Contender } from '../contenders.js';
import { cpuOf } from './deliveries.js';
import { Pair } from './pair.js';
import { type Sample, type Work } from './work.js';

const MISSED = 100;
/** As many as the queue of a listening socket takes: more than that at once, and the kernel lets some of them wait. */
const AT_ONCE = 500;

export const returning: Work = {
  id: 'P8',
  title: '5,000 clients come back at once, each having missed 100 events',
  how:
    'All clients are cut, 100 events are published while nobody listens, and all come back with their `Last-Event-ID`, ' +
    '500 of them under way at once. CPU time of the server process from just before the first comes until every client ' +
    'has its 100 events; what opening the same number of fresh streams took in the same process, just before and in the ' +
    'same way, is taken off, and the rest is divided by the 500,000 events. That opening, and the sum per event, stand ' +
    'beside it. Both were done once before, to warm up.',
  connections: 5_000,
  seconds: 12,
  contenders: ['event-stream-channel', 'event-stream-redis'],
  metrics: [
    { key: 'cpu', title: 'CPU µs an event, beyond opening', digits: 2 },
    { key: 'whole', title: 'opening included', digits: 2 },
    { key: 'opening', title: 'CPU µs an opening', digits: 0 },
    { key: 'reads', title: 'reads of the engine', digits: 0 },
    { key: 'seconds', title: 's until all have all', digits: 1 },
  ],
  measure,
};

function measure(contender: Contender, connections: number): Promise<Sample> {
  return Pair.run(contender, async (pair) => {
    await comeAndReturn(pair, connections);
    const { fresh, returned, reads, milliseconds } = await comeAndReturn(pair, connections);
    const events = connections * MISSED;
    return {
      cpu: (returned - fresh) / events,
      whole: returned / events,
      opening: fresh / connections,
      // What is read of this process itself costs nothing and can't be away.
      reads: contender.needsRedis ? reads : NaN,
      seconds: milliseconds / 1000,
    };
  });
}

/** What it takes to open streams, and to open them with something to catch up with, in µs of CPU time. */
async function comeAndReturn(
  pair: Pair,
  connections: number,
): Promise<{ fresh: number; returned: number; reads: number; milliseconds: number }> {
  const fresh = await cpuOf(pair, () => pair.open(connections, { concurrency: AT_ONCE }));
  const [lastEventId] = await Promise.all([pair.server.call('publish', 1), pair.client.call('received', connections)]);
  await pair.leave();
  await pair.server.call('publish', MISSED);
  const readsBefore = await pair.server.call('engineReads', null);
  let milliseconds = 0;
  const returned = await cpuOf(pair, async () => {
    const start = performance.now();
    await pair.open(connections, { lastEventId, concurrency: AT_ONCE });
    await pair.client.call('received', connections * MISSED);
    milliseconds = performance.now() - start;
  });
  const reads = (await pair.server.call('engineReads', null)) - readsBefore;
  const { least, most } = await pair.client.call('spread', null);
  if (least !== MISSED || most !== MISSED) throw new Error(`Not ${MISSED} events each, but ${least} to ${most}`);
  await pair.leave();
  return { fresh: fresh.all, returned: returned.all, reads, milliseconds };
}
