import { describe, expect, it } from '@jest/globals';
import { type SseTestClient } from 'nestjs-event-stream/testing';
import { setTimeout as delay } from 'node:timers/promises';
import { cursorOf, epochOf, from, idsOf, resetOf } from './harness/cursor.js';
import { ONE_OF_EACH, ONE_OF_EACH_NEST } from './harness/matrix.js';
import { unique, useServer } from './harness/use-server.js';

// D1: `.history({ last | since })`.
describe.each(ONE_OF_EACH)('a stream that begins in the past ($name)', (target) => {
  const server = useServer(target);

  it('gives the last events of each of its channels, in the order of their ids, and goes on live', async () => {
    const [a, b, user] = [unique('a'), unique('b'), unique('user')];
    const published = [...(await server.call('burst', a, 10)), ...(await server.call('burst', b, 2))];
    await server.call('broadcast', 'toUser', user, { data: 'no part of what it asked for' });
    published.push(...(await server.call('burst', a, 3)));

    const client = await server.open(`/history/last?c=${a}&c=${b}&last=5&user=${user}`);
    expect(idsOf(await client.take(7))).toEqual(idsOf(published.slice(-7)));
    const [live] = await server.call('burst', b, 1);

    expect(idsOf(await client.take(1))).toEqual([live!.id]);
  });

  it('gives all there is where that is less, and nothing where nothing is asked for', async () => {
    const room = unique('room');
    const published = await server.call('burst', room, 3);

    const all = await server.open(`/history/last?c=${room}&last=50`);
    const none = await server.open(`/history/last?c=${room}&last=0`);
    const empty = await server.open(`/history/last?c=${unique('empty')}&last=5`);

    expect(idsOf(await all.take(3))).toEqual(idsOf(published));
    for (const client of [all, none]) await expectSilence(client, room);
    await cursorOf(empty);
  });

  it('has a cursor when it has caught up, also where the past was empty', async () => {
    const room = unique('room');
    const client = await server.open(`/history/last?c=${room}&last=5`);
    const cursor = await cursorOf(client);
    await client.close();
    const [missed] = await server.call('burst', room, 1);

    const again = await server.open(`/history/last?c=${room}&last=5`, from(cursor));

    expect(idsOf(await again.take(1))).toEqual([missed!.id]);
    await expectSilence(again, room);
  });

  it('gives everything behind an id, of all channels', async () => {
    const [a, b] = [unique('a'), unique('b')];
    const [start] = await server.call('burst', a, 1);
    const wanted = [...(await server.call('burst', b, 2)), ...(await server.call('burst', a, 2))];

    const client = await server.open(`/history/since?c=${a}&c=${b}&id=${start!.id}`);

    expect(idsOf(await client.take(4))).toEqual(idsOf(wanted));
    await expectSilence(client, a);
  });

  it('gives everything from a time on', async () => {
    const [a, b] = [unique('a'), unique('b')];
    await server.call('burst', a, 2);
    await delay(20);
    const time = Date.now();
    await delay(20);
    const wanted = [...(await server.call('burst', b, 2)), ...(await server.call('burst', a, 2))];

    const client = await server.open(`/history/since-time?c=${a}&c=${b}&time=${time}`);

    expect(idsOf(await client.take(4))).toEqual(idsOf(wanted));
    await expectSilence(client, a);
  });

  it('gives who comes back what he missed instead', async () => {
    const room = unique('room');
    const published = await server.call('burst', room, 5);

    const client = await server.open(`/history/last?c=${room}&last=1`, from(published[1]!.id!));

    expect(idsOf(await client.take(3))).toEqual(idsOf(published.slice(2)));
    await expectSilence(client, room);
  });

  it('begins in the past for who has to reset, too: on channels that nobody had listened to', async () => {
    const room = unique('room');
    const published = await server.call('burst', room, 5);

    const client = await server.open(`/history/last?c=${room}&last=3`, from('something else'));
    const [reset, ...events] = await client.take(4);

    const { reason, id } = resetOf(reset);
    // Its cursor is moved by what follows: cut before, it is told again.
    expect({ reason, id }).toEqual({ reason: 'unknown', id: undefined });
    expect(idsOf(events)).toEqual(idsOf(published.slice(2)));
    await expectSilence(client, room);
  });

  it('gives nothing of it to whom it excludes', async () => {
    const [room, user] = [unique('room'), unique('user')];
    await server.call('broadcast', 'toChannel', room, { data: '1' });
    await server.call('broadcast', 'toChannel', room, { data: '2' }, { except: { users: [user] } });
    await server.call('broadcast', 'toChannel', room, { data: '3' });

    const client = await server.open(`/history/last?c=${room}&last=3&user=${user}`);

    expect((await client.take(2)).map(({ data }) => data)).toEqual(['1', '3']);
    await expectSilence(client, room);
  });

  it.each(['last?last=-1', 'last?last=1.5', 'last?last=NaN', 'last?', 'since-time?time=never'])(
    'is refused where what is asked for is nothing: %s',
    async (path) => {
      const client = await server.open(`/history/${path}&c=${unique('room')}`);

      expect(client.status).toBe(500);
      await server.printed('use { last: a whole number } or { since:');
    },
  );

  async function expectSilence(client: SseTestClient, room: string): Promise<void> {
    await server.call('broadcast', 'toChannel', room, { type: 'probe' });
    await client.next({ type: 'probe' });
  }
});

describe.each(ONE_OF_EACH_NEST)('a stream that begins further back than the history reaches ($name)', (target) => {
  const server = useServer(target, { options: { history: { maxEvents: 8 } } });

  it('is told so where it named an id', async () => {
    const room = unique('room');
    const published = await server.call('burst', room, 20);

    const client = await server.open(`/history/since?c=${room}&id=${published[2]!.id}`);

    expect(resetOf(await client.next())).toMatchObject({ reason: 'history', channels: [room] });
  });

  it.each([
    ['unknown', () => 'nothing of ours'],
    ['epoch', () => '0123456789ab-3'],
    ['ahead', (epoch: string) => `${epoch}-9007199254740991`],
  ])('is told so where the id is none: %s', async (reason, idOf) => {
    const room = unique('room');
    const [published] = await server.call('burst', room, 1);

    const client = await server.open(`/history/since?c=${room}&id=${encodeURIComponent(idOf(epochOf(published!.id)))}`);
    const reset = resetOf(await client.next());
    const [live] = await server.call('burst', room, 1);

    expect(reset).toMatchObject({ reason });
    expect(idsOf(await client.take(1))).toEqual([live!.id]);
  });

  it('gets what is left where it named a number or a time', async () => {
    const [room, calm] = [unique('room'), unique('calm')];
    const before = Date.now() - 1_000;
    const first = await server.call('burst', calm, 1);
    const published = await server.call('burst', room, 20);

    const byNumber = await server.open(`/history/last?c=${room}&c=${calm}&last=100`);
    const byTime = await server.open(`/history/since-time?c=${room}&c=${calm}&time=${before}`);

    const expected = idsOf([...first, ...published.slice(12)]);
    for (const client of [byNumber, byTime]) expect(idsOf(await client.take(9))).toEqual(expected);
  });
});

describe.each(ONE_OF_EACH_NEST)('a stream that begins in the past of very many channels ($name)', (target) => {
  const server = useServer(target);

  it('gives it all', async () => {
    const names = Array.from({ length: 200 }, () => unique('c'));
    for (const name of names) await server.call('burst', name, 700);

    const time = Date.now() - 60_000;
    const client = await server.open(`/history/since-time?time=${time}&${names.map((name) => `c=${name}`).join('&')}`);

    // As the number of arguments of a function, that many events are too many.
    expect(await client.take(1_000, { timeout: 20_000 })).toHaveLength(1_000);
  });
});
