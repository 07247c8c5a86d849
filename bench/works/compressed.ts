import { setTimeout as delay } from 'node:timers/promises';
import { type Contender } from '../contenders.js';
import { broadcaster, cpuOf } from './deliveries.js';
import { Pair } from './pair.js';
import { type Sample, type Work } from './work.js';

/** Before the empty server is weighed, as in P4. */
const FIRST_VISITORS = 100;
/** Ticks of ten events: 17 KB of text, more than what a window needs to be full. */
const TICKS_TO_FILL_WINDOWS = 8;
const WARM_UP = 10;
const BROADCASTS = 30;

export const compressed: Work = {
  id: 'P5',
  title: 'Gzip clients on one channel',
  how:
    'As P1, to 2,000 clients that say `Accept-Encoding: gzip`, with the first 80 events to fill the windows. Bytes are those of ' +
    'the socket, with the frames of HTTP chunks. Memory, per connection, is the heap in use and the buffers after several ' +
    'collections, with all connections open and their windows full, less what it was after 100 connections had come and ' +
    'gone; what zlib takes for itself is in the resident memory alone. Every byte that a client receives is inflated, and every event compared with what was published: once for all ' +
    'clients that receive the same. The two channels have every other event; all clients listen to both, and none of them ' +
    'can be sent an event that was compressed against the last one of its channel. `compression` has a context for each ' +
    'connection: for 2,000 of them half a gigabyte.',
  connections: 2_000,
  seconds: 12,
  contenders: ['event-stream-channel', 'event-stream-gzip', 'event-stream-gzip-two-channels', 'nest-sse-gzip'],
  metrics: [
    { key: 'cpu', title: 'CPU µs an event', digits: 2 },
    { key: 'user', title: 'of which user', digits: 2 },
    { key: 'bytes', title: 'bytes on the wire', digits: 0, drawn: true },
    { key: 'memory', title: 'memory, KB', digits: 2 },
    { key: 'rss', title: 'RSS, KB', digits: 1, drawn: true },
  ],
  measure,
};

function measure(contender: Contender, connections: number): Promise<Sample> {
  return Pair.run(contender, async (pair) => {
    const { server, client } = pair;
    await pair.open(FIRST_VISITORS);
    await client.call('cut', null);
    await delay(500);
    const before = await server.call('memory', null);
    await pair.open(connections);
    const broadcast = broadcaster(pair, connections);
    await broadcast(TICKS_TO_FILL_WINDOWS, 10);
    const after = await server.call('memory', null);
    await broadcast(WARM_UP);
    const countsBefore = await client.call('counts', null);
    const { user, all } = await cpuOf(pair, () => broadcast(BROADCASTS));
    const counts = await client.call('counts', null);
    const deliveries = BROADCASTS * connections;
    const perConnection = (bytes: number): number => bytes / connections / 1024;
    return {
      cpu: all / deliveries,
      user: user / deliveries,
      bytes: (counts.bytes - countsBefore.bytes) / deliveries,
      memory: perConnection(after.heap + after.external - before.heap - before.external),
      rss: perConnection(after.rss - before.rss),
    };
  });
}
