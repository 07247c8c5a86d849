import { setTimeout as delay } from 'node:timers/promises';
import { type Contender } from '../contenders.js';
import { Pair } from './pair.js';
import { type Sample, type Work } from './work.js';

/**
 * Opened and cut before the empty server is weighed, so that compiled code and warm caches are on both sides. Few: the
 * pages that they leave behind are resident, and would be reused by the connections that are then weighed.
 */
const WARM_UP = 100;

export const idleConnections: Work = {
  id: 'P4',
  title: 'An idle connection',
  how:
    'Heap in use and resident memory of the server process after several collections: with all connections open, less ' +
    'what it was after 100 connections had come and gone, for each connection.',
  connections: 5_000,
  seconds: 6,
  contenders: ['event-stream-channel', 'nest-sse', 'better-sse', 'socket-io', 'bare-http'],
  metrics: [
    { key: 'heap', title: 'heap, KB', digits: 2 },
    { key: 'rss', title: 'RSS, KB', digits: 1, drawn: true },
  ],
  measure,
};

function measure(contender: Contender, connections: number): Promise<Sample> {
  return Pair.run(contender, async (pair) => {
    await pair.open(WARM_UP);
    await pair.client.call('cut', null);
    await delay(500);
    const before = await pair.server.call('memory', null);
    await pair.open(connections);
    const after = await pair.server.call('memory', null);
    return {
      heap: (after.heap - before.heap) / connections / 1024,
      rss: (after.rss - before.rss) / connections / 1024,
    };
  });
}
