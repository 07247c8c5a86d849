import { describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { type SseTestClient, type SseTestEvent } from 'nestjs-event-stream/testing';
import { ONE_OF_EACH } from './harness/matrix.js';
import { openSlowly } from './harness/slow-reader.js';
import { unique, useServer } from './harness/use-server.js';

const PIECE = 64 * 1024;
/** More than the buffers of a loopback connection take, in pieces of 64 KiB. */
const FLOOD = 256;

const numbers = (events: SseTestEvent[]) => events.map((event) => event.json<{ n: number }>().n);
const upTo = (count: number, from = 0) => Array.from({ length: count - from }, (_, n) => n + from);
const numbersIn = (body: string) => [...body.matchAll(/"n":(\d+)/g)].map(([, n]) => Number(n));

// D2: what waits for a user, as his client sees it.
describe.each(ONE_OF_EACH)('the message queue ($name)', (target) => {
  const server = useServer(target, { options: { heartbeat: { interval: 60_000 } } });

  it('keeps events for a user who is away, and gives them in order before anything else', async () => {
    const [user, room] = [unique('user'), unique('room')];
    const ids = await server.call('enqueue', user, 120);

    const client = await server.open(`/channels?c=${room}&user=${user}`);
    const waited = await client.take(120);
    await server.call('broadcast', 'toChannel', room, { data: 'live' });

    expect(numbers(waited)).toEqual(upTo(120));
    // A client that comes without a cursor has one with the first of them.
    expect(waited.map(({ id }) => id)).toEqual(ids);
    expect((await client.next()).data).toBe('live');
  });

  it('gives a user who is there his message at once, and keeps it until it has arrived', async () => {
    const [user, room] = [unique('user'), unique('room')];
    const client = await server.open(`/channels?c=${room}&user=${user}`);

    const [id] = await server.call('enqueue', user, 1);

    expect(await client.next()).toMatchObject({ id });
    expect(await server.call('queueSize', user)).toBe(1);
  });

  it('gives each stream of the user what waits, those without channels of their own included', async () => {
    const [user, room] = [unique('user'), unique('room')];
    await server.call('enqueue', user, 3);

    const clients = await Promise.all([
      server.open(`/channels?c=${room}&user=${user}`),
      server.open(`/channels?c=${room}&user=${user}`),
    ]);
    const late = await server.open(`/channels?c=${unique('room')}&user=${user}`);

    for (const client of [...clients, late]) expect(numbers(await client.take(3))).toEqual([0, 1, 2]);
  });

  it('gives nothing of it to others, nor to a stream that does not listen to its user, or has a source of its own', async () => {
    const [user, key] = [unique('user'), unique()];
    await server.call('enqueue', user, 3);

    const deaf = await server.open(`/channels/deaf?c=${key}&user=${user}`);
    const own = await server.open(`/channels/own-user?key=${key}&user=${user}`);
    const raw = await server.open(`/channels/lobby-raw?id=${key}&user=${user}`);
    const other = await server.open(`/channels?c=${key}&user=${unique('user')}`);
    await server.noted('subscribed', key);
    await server.call('broadcast', 'toChannel', key, { data: 'last' });
    await server.call('broadcast', 'toChannel', `lobby.${key}`, { data: 'last' });
    await server.call('emit', key, { data: 'last' });

    for (const client of [deaf, own, raw, other]) expect((await client.next()).data).toBe('last');
    expect(await server.call('queueSize', user)).toBe(3);
  });

  it('is done with what the client has, by its Last-Event-ID', async () => {
    const [user, room] = [unique('user'), unique('room')];
    const ids = await server.call('enqueue', user, 10);

    const client = await resumed(room, user, ids[5]!);

    expect(numbers(await client.take(4))).toEqual([6, 7, 8, 9]);
    expect(await server.call('queueSize', user)).toBe(4);
  });

  it('is merged with the history of the channels: by id, each once', async () => {
    const [user, room] = [unique('user'), unique('room')];
    const first = await server.open(`/channels?c=${room}&user=${user}`);
    const cursor = ((await server.call('broadcast', 'toChannel', room, { data: '0' })) as { id: string }).id;
    await first.next();
    await first.close();
    const published: (string | undefined)[] = [];
    for (let round = 0; round < 5; round++) {
      published.push(...(await server.call('enqueue', user, 2)));
      const { id } = (await server.call('broadcast', 'toChannel', room, { data: 'room' })) as { id?: string };
      published.push(id);
    }

    const client = await resumed(room, user, cursor);

    const events = await client.take(15);
    expect(events.map(({ id }) => id)).toEqual(published);
    await expectNothingMore(client, room);
  });

  it('survives a log that the client is not told of: after the reset comes what waits', async () => {
    const [user, room] = [unique('user'), unique('room')];
    await server.call('enqueue', user, 3);

    const client = await resumed(room, user, 'another-7');

    const [reset, ...waited] = await client.take(4);
    expect(reset).toMatchObject({ type: 'sse:reset' });
    expect(reset).not.toHaveProperty('id');
    expect(numbers(waited)).toEqual([0, 1, 2]);
    await expectNothingMore(client, room);
  });

  it('waits for a client that reads slowly: nothing is left out, and little is held for it', async () => {
    const [user, room] = [unique('user'), unique('room')];
    await server.call('enqueue', user, FLOOD, PIECE);
    const reader = await openSlowly(server, `/slow/channel?c=${room}&user=${user}`);
    await server.call('broadcast', 'toChannel', room, { data: { n: FLOOD } });

    expect((await server.call('stats')).queuedBytes).toBeLessThanOrEqual(9 * (PIECE + 100));
    reader.readAgain();
    await untilWritten(user, FLOOD + 1);
    await server.call('closeUser', user);
    // Looked for once it is over: to search so much text whenever a piece of it comes takes long.
    const body = await reader.untilBody((text) => text.includes('sse:end'));

    expect(numbersIn(body)).toEqual(upTo(FLOOD + 1));
    expect(body).not.toContain('sse:dropped');
  });

  it('keeps what a client that left half way did not say that it has', async () => {
    const [user, room] = [unique('user'), unique('room')];
    await server.call('enqueue', user, FLOOD, PIECE);
    const reader = await openSlowly(server, `/slow/channel?c=${room}&user=${user}`);
    await reader.close();
    await server.noted('closed$', user);

    expect(await server.call('queueSize', user)).toBe(FLOOD);
    const client = await server.open(`/channels?c=${room}&user=${user}`);
    expect(numbers(await client.take(FLOOD))).toEqual(upTo(FLOOD));
  });

  function resumed(room: string, user: string, lastEventId: string): Promise<SseTestClient> {
    return server.open(`/channels?c=${room}&user=${user}`, { headers: { 'last-event-id': lastEventId } });
  }

  async function untilWritten(user: string, events: number): Promise<void> {
    const deadline = performance.now() + 10_000;
    for (;;) {
      const [connection] = (await server.call('byUser', user)) as { stats: { events: number } }[];
      if (!connection || connection.stats.events >= events) return;
      if (performance.now() > deadline) throw new Error(`Only ${connection.stats.events} events were written`);
      await delay(10);
    }
  }

  async function expectNothingMore(client: SseTestClient, room: string): Promise<void> {
    await server.call('broadcast', 'toChannel', room, { type: 'probe' });
    await client.next({ type: 'probe' });
  }
});

describe.each(ONE_OF_EACH)('the message queue behind a short history ($name)', (target) => {
  const server = useServer(target, { options: { history: { maxEvents: 8 }, queue: { maxEvents: 4 } } });

  it('gives what the history has forgotten, once, and the other channels what they have', async () => {
    const [user, room] = [unique('user'), unique('room')];
    const { id: cursor } = (await server.call('broadcast', 'toChannel', room, { data: 'known' })) as { id: string };
    await server.call('enqueue', user, 20);
    const { id } = (await server.call('broadcast', 'toChannel', room, { data: { n: 20 } })) as { id: string };

    const client = await server.open(`/channels?c=${room}&user=${user}`, { headers: { 'last-event-id': cursor } });

    const [reset, ...events] = await client.take(22);
    expect(reset?.json()).toEqual({ reason: 'history', channels: [`$user.${user}`] });
    expect(numbers(events)).toEqual(upTo(21));
    // What only the queue has moves no cursor; what the history has kept does.
    const ids = events.map((event) => event.id);
    expect(ids[0]).toBeUndefined();
    expect(ids.findLastIndex((each) => each === undefined)).toBe(ids.findIndex((each) => each !== undefined) - 1);
    expect(ids.at(-1)).toBe(id);
  });
});
