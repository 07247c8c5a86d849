import { expect } from '@jest/globals';
import { LoadEngine } from '../../apps/loadtest/src/load-engine.js';
import { type TestServer } from '../harness/test-server.js';

const STALLED = 20;
const READERS = 50;
const BATCH = 64;
const EVENT_BYTES = 2_048;
/** What one stalled connection may hold: its queue, and what was handed to its socket. */
const BOUND = 1_048_576 + 65_536 + 16_384;

/**
 * Publishes as fast as those who read can take it, for some time, while others on the same channel do not read at all.
 * The readers get every event, and what the process holds is within the bounds of the stalled ones.
 */
export async function publishPastThoseWhoNeverRead(server: TestServer, milliseconds: number): Promise<void> {
  const url = `${server.url}/channels?c=crowded`;
  const stalled = new LoadEngine({ url, connections: STALLED, interval: 0 });
  await stalled.open();
  for (const stream of stalled.streams) stream.pause();
  const readers = new LoadEngine({ url, connections: READERS, interval: 0 });
  await readers.open();
  const before = await server.call('memory');

  let published = 0;
  const end = performance.now() + milliseconds;
  while (performance.now() < end) {
    await server.call('burst', 'crowded', BATCH, EVENT_BYTES);
    published += BATCH;
    await readers.whenEvents(published * READERS);
  }

  const stats = await server.call('stats');
  const sent = (await server.call('connections')) as { stats: { events: number } }[];
  // The stalled ones have become places in the log of the channel.
  expect(sent.filter(({ stats: { events } }) => events < published)).toHaveLength(STALLED);
  expect(stats.queuedBytes).toBeLessThanOrEqual(STALLED * 1_048_576);
  expect((await server.call('memory')) - before).toBeLessThan(STALLED * BOUND);
  expect(readers.counts().events).toBe(published * READERS);
  expect(stats.active).toBe(STALLED + READERS);
  await Promise.all([readers.cut(), stalled.cut()]);
  await server.idle();
  expect((await server.call('stats')).queuedBytes).toBe(0);
}
