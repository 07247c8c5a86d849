import { describe, expect, it } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { channels, MessageQueue, SseStream } from 'nestjs-event-stream';
import { redisBackplane } from 'nestjs-event-stream/redis';
import { type SseTestClient } from 'nestjs-event-stream/testing';
import { as, useApplications } from '../harness/application.js';
import { eventually } from './recording-node.js';
import { useRedis } from './use-redis.js';

@Controller('rooms')
class RoomsController {
  @SseStream()
  room() {
    return channels('room');
  }
}

const ANN = 'ann';
const PATIENCE = 10_000;

// D2, D3: one queue for all nodes.
describe('the message queue over nodes', () => {
  const start = useApplications();
  const { redis, link } = useRedis();

  async function node({ url }: { url: string }) {
    const backplane = redisBackplane({ url, publishTimeout: PATIENCE });
    const app = await start({ controllers: [RoomsController], options: { backplane } });
    return { app, queue: app.get(MessageQueue) };
  }

  const textsOf = async (client: SseTestClient, count: number) =>
    (await client.take(count, { timeout: PATIENCE })).map(({ type, data }) => (type === 'message' ? data : type));

  it('gives each tab what waits, on whichever node it is', async () => {
    const server = await redis();
    const [one, two] = [await node(server), await node(server)];
    for (let n = 0; n < 120; n++) await one.queue.enqueue(ANN, { data: n });
    const waited = Array.from({ length: 120 }, (_, n) => String(n));

    const tabs = await Promise.all([one, two].map(({ app }) => app.open('/rooms', as(ANN))));
    for (const tab of tabs) expect(await textsOf(tab, 120)).toEqual(waited);
    await two.queue.enqueue(ANN, { data: 'live' });

    for (const tab of tabs) expect(await textsOf(tab, 1)).toEqual(['live']);
    expect([await one.queue.size(ANN), await two.queue.size(ANN)]).toEqual([121, 121]);
  });

  it('is done with what came on another node, by the id', async () => {
    const server = await redis();
    const [one, two] = [await node(server), await node(server)];
    const ids: (string | undefined)[] = [];
    for (let n = 0; n < 5; n++) ids.push((await one.queue.enqueue(ANN, { data: n })).id);

    const client = await two.app.open('/rooms', { headers: { 'x-user': ANN, 'last-event-id': ids[2]! } });

    expect(await textsOf(client, 2)).toEqual(['3', '4']);
    expect(await one.queue.size(ANN)).toBe(2);
    expect(two.queue.stats.taken).toBe(3);
  });

  it('loses nothing by a restart of Redis that a node was cut off from', async () => {
    const server = await redis();
    const line = await link(server);
    const [far, near] = [await node(line), await node(server)];
    const client = await far.app.open('/rooms', as(ANN));
    await near.queue.enqueue(ANN, { data: 'before' });
    expect(await textsOf(client, 1)).toEqual(['before']);

    line.cut();
    await server.save();
    await server.restart();
    await near.queue.enqueue(ANN, { data: 'meanwhile' });
    line.mend();

    // Open streams of the other node are told of the new log, and have what came in it before that.
    expect(await textsOf(client, 2)).toEqual(['meanwhile', 'sse:reset']);
    await near.queue.enqueue(ANN, { data: 'after' });
    expect(await textsOf(client, 1)).toEqual(['after']);
    expect(await near.queue.size(ANN)).toBe(3);
  });

  it('flushes on all nodes', async () => {
    const server = await redis();
    const [one, two] = [await node(server), await node(server)];
    const client = await two.app.open('/rooms', as(ANN));

    await one.queue.enqueue(ANN, { data: 'live' });
    await one.queue.flush(ANN);
    await one.app.broadcaster.toChannel('room', { data: 'last' });

    expect(await textsOf(client, 2)).toEqual(['live', 'last']);
    expect(await one.queue.clear(ANN)).toBe(1);
    await eventually('it is empty', async () => (await two.queue.size(ANN)) === 0);
  });
});
