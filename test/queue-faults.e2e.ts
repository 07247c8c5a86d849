import { describe, expect, it } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { channels, MessageQueue, parseEventId, SseStream } from 'nestjs-event-stream';
import { as, settled, useApplications } from './harness/application.js';
import { QueueBackplane } from './harness/queue-backplane.js';

@Controller('rooms')
class RoomsController {
  @SseStream()
  room() {
    return channels('room');
  }
}

const ANN = 'ann';
const MINE = '$user.ann';

// D2, D3: the engine is away, or the node has lost something.
describe('the message queue in trouble', () => {
  const start = useApplications();

  async function application(batchSize = 50) {
    const backplane = new QueueBackplane();
    const options = { backplane, messageQueue: { batchSize } };
    const app = await start({ controllers: [RoomsController], options });
    return { app, backplane, queue: app.get(MessageQueue) };
  }

  it('says so to whoever enqueues while the engine is away', async () => {
    const { backplane, queue } = await application();
    backplane.isAway = () => true;

    await expect(queue.enqueue(ANN, { data: 'lost' })).rejects.toMatchObject({ code: 'SSE_BACKPLANE' });

    backplane.isAway = () => false;
    expect([await queue.size(ANN), queue.stats.enqueued]).toEqual([0, 0]);
  });

  it.each(['queued', 'attempt'] as const)('goes on where it was when the engine is back (%s)', async (failing) => {
    const { app, backplane, queue } = await application(4);
    for (let n = 0; n < 10; n++) await queue.enqueue(ANN, { data: n });
    let failures = 0;
    // The question before the stream opens and the first batch are answered.
    backplane.isAway = ({ verb }) => verb === failing && backplane.callsOf(verb).length === 3 && failures++ === 0;

    const client = await app.open('/rooms', as(ANN));
    const events = await client.take(10);
    await app.broadcaster.toChannel('room', { data: 'live' });

    expect(failures).toBe(1);
    expect(events.map(({ data }) => Number(data))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect((await client.next()).data).toBe('live');
    const tried = backplane.callsOf('attempt').flatMap(([, sequences]) => sequences);
    expect(tried).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('gives what waits to those who were cut off from it, before it tells them of the loss', async () => {
    const { app, backplane, queue } = await application();
    const client = await app.open('/rooms', as(ANN));
    await queue.enqueue(ANN, { data: 'before' });
    backplane.isDeaf = true;
    await queue.enqueue(ANN, { data: 'meanwhile' });
    backplane.isDeaf = false;

    backplane.lose({ channels: [MINE], position: backplane.position!, reason: 'backplane' });
    await settled();
    await queue.enqueue(ANN, { data: 'after' });

    const events = await client.take(4);
    expect(events.map(({ type, data }) => (type === 'message' ? data : type))).toEqual([
      'before',
      'meanwhile',
      'sse:reset',
      'after',
    ]);
    expect(events[1]).not.toHaveProperty('id');
    expect(await queue.size(ANN)).toBe(3);
  });

  it('lets everything else wait for it, and tells them once', async () => {
    const { app, backplane, queue } = await application();
    const client = await app.open('/rooms', as(ANN));
    backplane.isDeaf = true;
    await queue.enqueue(ANN, { data: 'meanwhile' });
    backplane.isDeaf = false;
    let failures = 0;
    backplane.isAway = ({ verb }) => verb === 'queued' && failures++ === 0;

    backplane.lose({ channels: [MINE], position: backplane.position!, reason: 'backplane' });
    await settled();
    // What is written now tells the connection that it may go on with what it has missed.
    app.connections.byUser(ANN)[0]?.send({ data: 'own' });
    await app.broadcaster.toChannel('room', { data: 'room' });
    await queue.enqueue(ANN, { data: 'after' });

    const events = await client.take(5);
    expect(events.map(({ type, data }) => (type === 'message' ? data : type))).toEqual([
      'own',
      'meanwhile',
      'sse:reset',
      'room',
      'after',
    ]);
    expect(failures).toBe(2);
  });

  it('does so in a new log too, whose numbers may begin below those of the last', async () => {
    const { app, backplane, queue } = await application();
    const client = await app.open('/rooms', as(ANN));
    await queue.enqueue(ANN, { data: 'before' });
    backplane.isDeaf = true;
    await queue.enqueue(ANN, { data: 'meanwhile' });

    backplane.lose({ channels: 'all', position: { epoch: 'another', sequence: 1 }, reason: 'epoch' });

    const [before, meanwhile, reset] = await client.take(3);
    expect([before?.data, meanwhile?.data]).toEqual(['before', 'meanwhile']);
    expect(reset?.json()).toMatchObject({ reason: 'epoch' });
    expect(parseEventId(client.lastEventId)).toEqual({ epoch: 'another', sequence: 1 });
  });

  it('gives to an open stream by flush() what it has not been given', async () => {
    const { app, backplane, queue } = await application();
    const client = await app.open('/rooms', as(ANN));
    backplane.isDeaf = true;
    await queue.enqueue(ANN, { data: 'missed' });
    await app.broadcaster.toChannel('room', { data: 'missed too' });
    backplane.isDeaf = false;
    await app.broadcaster.toChannel('room', { data: 'live' });

    await queue.flush(ANN);
    await queue.flush(ANN);
    await app.broadcaster.toChannel('room', { data: 'last' });

    expect((await client.take(3)).map(({ data }) => data)).toEqual(['live', 'missed', 'last']);
  });

  it('lets go of a connection that ends while it is given what waits', async () => {
    const { app, backplane, queue } = await application(2);
    for (let n = 0; n < 6; n++) await queue.enqueue(ANN, { data: n });
    const [user] = [ANN];
    backplane.isAway = ({ verb }) => {
      if (verb === 'attempt') app.connections.closeUser(user);
      return false;
    };

    const client = await app.open('/rooms', as(ANN));
    await client.untilClosed();
    await settled();

    expect(backplane.callsOf('attempt')).toHaveLength(1);
    expect(await queue.size(ANN)).toBe(6);
  });
});
