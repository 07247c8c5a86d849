import { describe, expect, it } from '@jest/globals';
import { type SseTestClient } from 'nestjs-event-stream/testing';
import { cursorOf, from, idsOf, resetOf } from './harness/cursor.js';
import { ONE_OF_EACH } from './harness/matrix.js';
import { openSlowly } from './harness/slow-reader.js';
import { unique, useServer } from './harness/use-server.js';

/** Pieces of 64 KiB: more than the buffers of a loopback connection take. */
const PIECES = 200;

// backplane.md, "The seam": `.startWith()`.
describe.each(ONE_OF_EACH)('a stream that begins with a state ($name)', (target) => {
  const server = useServer(target, { options: { connections: { retry: 20 } } });

  /** A client whose state is fed under `key`, and has begun. */
  async function opened(room: string, key: string, kind = 'state', cursor = ''): Promise<SseTestClient> {
    const client = await server.open(`/history/${kind}?c=${room}&key=${key}`, cursor === '' ? {} : from(cursor));
    await server.noted('subscribed', key);
    return client;
  }
  async function expectSilence(client: SseTestClient, room: string): Promise<void> {
    await server.call('broadcast', 'toChannel', room, { type: 'probe' });
    await client.next({ type: 'probe' });
  }

  it('holds what is published meanwhile: it follows the state, which has no ids', async () => {
    const [room, key] = [unique('room'), unique()];
    const client = await opened(room, key);

    const held = await server.call('burst', room, 3);
    await server.call('emit', key, { type: 'state', data: 1 }, { type: 'state', data: 2 });
    held.push(...(await server.call('burst', room, 2)));
    await server.call('complete', key);
    const events = await client.take(7);

    expect(events.slice(0, 2).map(({ type, data, id }) => ({ type, data, id }))).toEqual([
      { type: 'state', data: '1', id: undefined },
      { type: 'state', data: '2', id: undefined },
    ]);
    expect(idsOf(events.slice(2))).toEqual(idsOf(held));
    const [live] = await server.call('burst', room, 1);
    expect(idsOf(await client.take(1))).toEqual([live!.id]);
  });

  it('loses nothing of what is published while its handler loads the state', async () => {
    const [room, key] = [unique('room'), unique()];
    const opening = server.open(`/history/loaded?c=${room}&key=${key}`);
    await server.noted('held', key);

    const meanwhile = await server.call('burst', room, 3);
    await server.call('release', key);
    const [state, ...events] = await (await opening).take(4);

    expect(state).toMatchObject({ type: 'state', data: 'as it was loaded' });
    expect(idsOf(events)).toEqual(idsOf(meanwhile));
  });

  it('gives none of what the state knows of, where that says how far it goes', async () => {
    const room = unique('room');
    const published = await server.call('burst', room, 5);

    const client = await server.open(`/history/state-as-of?c=${room}&id=${published[2]!.id}`);
    const [state, ...events] = await client.take(3);

    expect(state!.type).toBe('state');
    expect(idsOf(events)).toEqual(idsOf(published.slice(3)));
    await expectSilence(client, room);
  });

  it('tells to reset where the state goes as far as nobody knows', async () => {
    const room = unique('room');

    const client = await server.open(`/history/state-as-of?c=${room}&id=unheard-of`);
    const [reset, state] = await client.take(2);

    expect(resetOf(reset)).toMatchObject({ reason: 'unknown', id: undefined });
    expect(state!.type).toBe('state');
    await expectSilence(client, room);
  });

  it('moves the cursor when the state is complete, and not before', async () => {
    const [room, key] = [unique('room'), unique()];
    const [before] = await server.call('burst', room, 1);
    const client = await opened(room, key);
    await server.call('emit', key, { type: 'state', data: 1 });
    await client.next({ type: 'state' });
    expect(client.lastEventId).toBe('');

    await server.call('complete', key);

    expect(await cursorOf(client)).toBe(before!.id);
  });

  it('begins with it anew for a client that was cut within it', async () => {
    const [room, key] = [unique('room'), unique()];
    const [seen] = await server.call('burst', room, 1);
    const cut = await opened(room, key);
    await server.call('emit', key, { type: 'state', data: 1 });
    await cut.next({ type: 'state' });
    await cut.close();
    await server.noted('unsubscribed', key);
    expect(cut.lastEventId).toBe('');

    const client = await server.open(`/history/state?c=${room}&key=${key}`);
    await server.noted('subscribed', key, 2);
    await server.call('emit', key, { type: 'state', data: 2 });
    await server.call('complete', key);

    expect((await client.next({ type: 'state' })).data).toBe('2');
    expect(await cursorOf(client)).toBe(seen!.id);
  });

  it('gives no state to a client that gets all it missed, and does not even ask for it', async () => {
    const [room, key] = [unique('room'), unique()];
    const [seen, missed] = await server.call('burst', room, 2);

    const client = await server.open(`/history/state?c=${room}&key=${key}`, from(seen!.id!));

    expect(idsOf(await client.take(1))).toEqual([missed!.id]);
    await expectSilence(client, room);
    expect(server.notesOf(key, 'subscribed')).toEqual([]);
  });

  it('gives the state to a client that has to reset, which keeps its cursor until it has it', async () => {
    const [room, key] = [unique('room'), unique()];
    const [before] = await server.call('burst', room, 1);
    const client = await opened(room, key, 'state', 'something else');

    expect(resetOf(await client.next())).toMatchObject({ reason: 'unknown', id: undefined });
    const held = await server.call('burst', room, 1);
    await server.call('emit', key, { type: 'state', data: 1 });
    await client.next({ type: 'state' });
    expect(client.lastEventId).toBe('');
    await server.call('complete', key);

    expect(before!.id).toBeDefined();
    expect(idsOf(await client.take(1))).toEqual([held[0]!.id]);
    await expectSilence(client, room);
  });

  it.each([
    ['fails', async (key: string) => server.call('fail', key)],
    ['yields what is no event', async (key: string) => server.call('emit', key, { type: 'sse:mine', data: 1 })],
    ['yields an id of its own', async (key: string) => server.call('emit', key, { id: '7', data: 1 })],
  ])('is ended by a state that %s: what follows would be misunderstood', async (_what, fail) => {
    const [room, key] = [unique('room'), unique()];
    const client = await opened(room, key);
    await server.call('emit', key, { type: 'state', data: 1 });
    await server.call('burst', room, 2);

    await fail(key);
    const events = await client.untilClosed();

    expect(events.map(({ type }) => type)).toEqual(['state', 'sse:error']);
    expect(events[1]!.json()).toEqual({ code: 'SSE_SOURCE_FAILED' });
    expect(client.lastEventId).toBe('');
    await server.noted('unsubscribed', key);
  });

  it.each(['state', 'state-iterable'])('lets go of a state that never ends when the client goes: %s', async (kind) => {
    const [room, key] = [unique('room'), unique()];
    const client = await opened(room, key, kind);
    await server.call('emit', key, { type: 'state', data: 1 });
    await client.next({ type: 'state' });

    await server.call('burst', room, 5);
    await server.call('beat');
    // The heartbeats of a client that is still owed something move no cursor.
    while (client.comments.length === 0) await server.call('settle');
    await client.close();
    await server.noted('unsubscribed', key);

    expect(await client.text()).not.toContain('id:');
  });

  it('gives what is not recorded at once, and own events, too', async () => {
    const [room, key] = [unique('room'), unique()];
    const client = await opened(room, key);

    await server.call('broadcast', 'toChannel', room, { type: 'typing' }, { ephemeral: true });

    await client.next({ type: 'typing' });
  });

  it('begins with state and past together, in this order', async () => {
    const room = unique('room');
    const published = await server.call('burst', room, 5);

    const client = await server.open(`/history/state-and-last?c=${room}&last=2`);
    const [state, ...events] = await client.take(3);

    expect(state!.type).toBe('state');
    expect(idsOf(events)).toEqual(idsOf(published.slice(3)));
    await expectSilence(client, room);
  });

  it('waits for a client that reads slowly, which then has the whole state and all that followed', async () => {
    const room = unique('room');
    const reader = await openSlowly(server, `/history/large-state?c=${room}&pieces=${PIECES}`);
    const held = await server.call('burst', room, 50);

    expect((await server.call('stats')).queuedBytes).toBeLessThanOrEqual(20 * 65_636);
    reader.readAgain();
    const body = await reader.untilBody((text) => text.includes(`id: ${held.at(-1)!.id}\n`));

    const pieces = [...body.matchAll(/"piece":(\d+)/g)].map(([, piece]) => Number(piece));
    expect(pieces).toEqual(Array.from({ length: PIECES }, (_, piece) => piece));
    expect([...body.matchAll(/^id: (.+)$/gm)].map(([, id]) => id)).toEqual(idsOf(held));
  });
});
