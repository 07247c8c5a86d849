import { describe, expect, it } from '@jest/globals';
import { EventSource } from 'eventsource';
import { once } from 'node:events';
import { type SseTestClient } from 'nestjs-event-stream/testing';
import { cursorOf, from, idsOf } from './harness/cursor.js';
import { HTTP1, ONE_OF_EACH, ONE_OF_EACH_NEST } from './harness/matrix.js';
import { unique, useServer } from './harness/use-server.js';

/** Waits until the client was sent so many comments. */
async function comments(client: SseTestClient, count: number): Promise<void> {
  while (client.comments.length < count) await new Promise((resolve) => setTimeout(resolve, 2));
}

// backplane.md, "Checkpoints".
describe.each(ONE_OF_EACH)('the cursor of a quiet client ($name)', (target) => {
  const server = useServer(target);

  it('is moved by a heartbeat to where the node stands, if that has moved', async () => {
    const [room, busy] = [unique('room'), unique('busy')];
    const client = await server.open(`/channels?c=${room}`);
    await cursorOf(client);
    const published = await server.call('burst', busy, 5);

    await server.call('beat');
    const cursor = await cursorOf(client, (id) => id === published.at(-1)!.id);
    expect(client.comments).toEqual([]);
    await server.call('beat');
    await comments(client, 1);

    const [missed] = await server.call('burst', room, 1);
    const again = await server.open(`/channels?c=${room}`, from(cursor));
    expect(idsOf(await again.take(1))).toEqual([missed!.id]);
  });

  it('stays where it was put by an event: a heartbeat does not say it again', async () => {
    const room = unique('room');
    const client = await server.open(`/channels?c=${room}`);
    const [event] = await server.call('burst', room, 1);
    await client.next();

    await server.call('beat');
    await comments(client, 1);
    await client.close();

    expect((await client.text()).split(`id: ${event!.id}\n`)).toHaveLength(2);
  });

  it("is the application's own on a stream with a source of its own, and nobody's on a raw one", async () => {
    const [key, room] = [unique(), unique('room')];
    const own = await server.open(`/channels/own-all?key=${key}`);
    const raw = await server.open(`/history/raw?c=${room}`);
    await server.noted('subscribed', key);
    await server.call('burst', unique('busy'), 5);

    await server.call('beat');
    for (const client of [own, raw]) await comments(client, 1);
    await server.call('broadcast', 'broadcast', { data: 'to all' });

    expect(await own.next()).not.toHaveProperty('id');
    expect([own.lastEventId, (await raw.next()).data]).toEqual(['', 'to all']);
  });

  it('goes to where a channel begins that it comes to later, of which it is given nothing from before', async () => {
    const [room, later, user] = [unique('room'), unique('later'), unique('user')];
    const client = await server.open(`/channels?c=${room}&user=${user}`);
    await cursorOf(client);
    const before = await server.call('burst', later, 3);

    await server.call('broadcast', 'subscribe', { user }, later);
    await cursorOf(client, (id) => id === before.at(-1)!.id);
    const [event] = await server.call('burst', later, 1);

    expect(idsOf(await client.take(1))).toEqual([event!.id]);
  });

  it('knows of a channel that was left and joined again nothing of the time between', async () => {
    const [room, later, user] = [unique('room'), unique('later'), unique('user')];
    const client = await server.open(`/channels?c=${room}&c=${later}&user=${user}`);
    const one = await server.call('burst', later, 1);
    await client.take(1);

    await server.call('broadcast', 'unsubscribe', { user }, later);
    const between = await server.call('burst', later, 2);
    await server.call('broadcast', 'subscribe', { user }, later);
    const [two] = await server.call('burst', later, 1);

    expect(idsOf(await client.take(1))).toEqual([two!.id]);
    expect(between).toHaveLength(2);
    // Whoever comes back is owed what his channels are then: from the cursor on, all of it.
    const again = await server.open(`/channels?c=${room}&c=${later}&user=${user}`, from(one[0]!.id!));
    expect(idsOf(await again.take(3))).toEqual(idsOf([...between, two!]));
  });
});

describe.each(ONE_OF_EACH_NEST)('heartbeats that move the cursor ($name)', (target) => {
  const heartbeat = { interval: 50, event: 'beat' };
  const server = useServer(target, { options: { heartbeat } });

  it('come by themselves, and are the event that a watchdog waits for', async () => {
    const client = await server.open(`/channels?c=${unique('room')}`);
    const published = await server.call('burst', unique('busy'), 3);

    await cursorOf(client, (id) => id === published.at(-1)!.id);

    const beat = await client.next({ type: 'beat' });
    expect(Object.keys(beat.json<object>())).toEqual(['time']);
    expect(beat).not.toHaveProperty('id');
  });
});

describe.each(HTTP1)("a client that takes no block without data, with checkpoint: 'event' ($name)", (target) => {
  const server = useServer(target, { options: { checkpoint: 'event', connections: { retry: 300 } } });

  it('is sent its cursor as an event', async () => {
    const client = await server.open(`/channels?c=${unique('room')}`);

    const first = await client.next({ type: 'sse:cursor' });
    expect(first.json()).toEqual({ id: first.id });
    const published = await server.call('burst', unique('busy'), 3);
    await server.call('beat');
    const second = await client.next({ type: 'sse:cursor' });

    expect(second).toMatchObject({ id: published.at(-1)!.id, data: JSON.stringify({ id: published.at(-1)!.id }) });
  });

  // The package `eventsource`, which is built on eventsource-parser.
  it('comes back with it, though it never got another event', async () => {
    const [room, user] = [unique('room'), unique('user')];
    const source = new EventSource(`${server.url}/channels?c=${room}&user=${user}`);
    server.clients.add(source);
    await once(source, 'sse:cursor');
    const got: MessageEvent[] = [];
    const all = new Promise<void>((resolve) =>
      source.addEventListener('message', (event) => {
        if (got.push(event) === 3) resolve();
      }),
    );

    await server.call('closeAll', 'max-age');
    const missed = await server.call('burst', room, 3);
    await all;

    expect(got.map(({ lastEventId }) => lastEventId)).toEqual(idsOf(missed));
    await server.noted('opened$', user, 2);
  });
});
