import { describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { type Published, type PublishOptions } from 'nestjs-event-stream';
import { cursorOf, from, idsOf, sequenceOf } from './harness/cursor.js';
import { ONE_OF_EACH, ONE_OF_EACH_NEST } from './harness/matrix.js';
import { openSlowly } from './harness/slow-reader.js';
import { unique, useServer } from './harness/use-server.js';

/** More than the buffers of a loopback connection take, in pieces of 64 KiB. */
const FLOOD = 256;
const PIECE = 64 * 1024;

const numbersIn = (body: string) => [...body.matchAll(/"n":(\d+)/g)].map(([, number]) => Number(number));
const sequencesIn = (body: string) => [...body.matchAll(/^id: (.+)$/gm)].map(([, id]) => sequenceOf(id));
const growing = (numbers: readonly number[]) => numbers.toSorted((one, other) => one - other);
const countOf = (reason: string, body: string) =>
  [...body.matchAll(new RegExp(`^data: {"count":(\\d+),"reason":"${reason}"}$`, 'gm'))].reduce(
    (total, [, count]) => total + Number(count),
    0,
  );

// C6: priorities, a time to live, and keys.
describe.each(ONE_OF_EACH)('events that may be left out for a slow client ($name)', (target) => {
  const server = useServer(target);

  async function publish(room: string, data: unknown, options: PublishOptions = {}): Promise<Published> {
    return (await server.call('broadcast', 'toChannel', room, { data }, options)) as Published;
  }

  it.each(['channel', 'channel-drop'])('are not sent when their time is over, which is told: %s', async (path) => {
    const room = unique('room');
    const reader = await openSlowly(server, `/slow/${path}?c=${room}`);
    await server.call('burst', room, FLOOD, PIECE);

    for (let n = 0; n < 3; n++) await publish(room, `short-lived ${n}`, { ttl: 20 });
    await publish(room, 'long-lived', { ttl: 60_000 });
    await publish(room, 'last');
    await delay(40);
    reader.readAgain();
    await reader.untilBody((text) => text.includes('data: last\n'));
    await server.call('sendTo', await connectionOf(room), { data: 'after all' });
    const body = await reader.untilBody((text) => text.includes('data: after all\n'));

    expect(body).not.toContain('short-lived');
    expect(body).toContain('data: long-lived\n');
    expect(countOf('expired', body)).toBe(3);
    expect(sequencesIn(body)).toEqual(growing(sequencesIn(body)));
  });

  it('are given to who comes back before their time is over, and not after, which is told', async () => {
    const room = unique('room');
    const first = await server.open(`/channels?c=${room}`);
    const cursor = await cursorOf(first);
    await first.close();
    await publish(room, 'short-lived', { ttl: 400 });
    await publish(room, 'last');

    const prompt = await server.open(`/channels?c=${room}`, from(cursor));
    expect((await prompt.take(2)).map(({ data }) => data)).toEqual(['short-lived', 'last']);
    await delay(400);
    const late = await server.open(`/channels?c=${room}`, from(cursor));
    const events = await late.take(2);

    expect(events.map(({ type }) => type).sort()).toEqual(['message', 'sse:dropped']);
    expect(events.find(({ type }) => type === 'sse:dropped')!.json()).toEqual({ count: 1, reason: 'expired' });
    expect(events.find(({ type }) => type === 'message')!.data).toBe('last');
  });

  it('are replaced by a newer one of their key while they wait, at the end of the queue', async () => {
    const room = unique('room');
    const reader = await openSlowly(server, `/slow/channel-drop?c=${room}`);
    await server.call('burst', room, FLOOD, PIECE);

    for (let n = 0; n < 5; n++) await publish(room, `price ${n}`, { key: 'price' });
    await publish(room, 'last');
    reader.readAgain();
    const body = await reader.untilBody((text) => text.includes('data: last\n') && text.includes('replaced'));

    expect(body.match(/^data: price \d$/gm)).toEqual(['data: price 4']);
    expect(countOf('replaced', body)).toBe(4);
    expect(sequencesIn(body)).toEqual(growing(sequencesIn(body)));
  });

  it('of one key come in order to who catches up: the newest in any case, and of the others it is told', async () => {
    const room = unique('room');
    const reader = await openSlowly(server, `/slow/channel?c=${room}`);
    await server.call('burst', room, FLOOD, PIECE);

    for (let n = 0; n < 12; n++) await publish(room, `price ${n}`, { key: 'price' });
    await publish(room, 'last');
    reader.readAgain();
    await reader.untilBody((text) => text.includes('data: last\n'));
    await server.call('sendTo', await connectionOf(room), { data: 'after all' });
    const body = await reader.untilBody((text) => text.includes('data: after all\n'));

    const prices = body.match(/^data: price \d+$/gm)!;
    expect(prices.at(-1)).toBe('data: price 11');
    expect(prices.length + countOf('replaced', body)).toBe(12);
    expect(sequencesIn(body)).toEqual(growing(sequencesIn(body)));
    expect(numbersIn(body)).toHaveLength(FLOOD);
  });

  it('have keys of their own on each channel', async () => {
    const [a, b] = [unique('a'), unique('b')];
    const reader = await openSlowly(server, `/channels?c=${a}&c=${b}`);
    await server.call('burst', a, FLOOD, PIECE);

    await publish(a, 'price of a', { key: 'price' });
    await publish(b, 'price of b', { key: 'price' });
    reader.readAgain();
    const body = await reader.untilBody((text) => text.includes('data: price of b\n'));

    expect(body).toContain('data: price of a\n');
  });

  it('are shed by priority: the low ones first, those that are critical last; the order stays', async () => {
    const room = unique('room');
    const reader = await openSlowly(server, `/slow/channel-drop?c=${room}`);
    await server.call('burst', room, FLOOD, PIECE, { priority: 'low' });

    for (let n = 0; n < 3; n++) await publish(room, `critical ${n}`, { priority: 'critical' });
    for (let n = 0; n < 20; n++) await publish(room, `normal ${n}`);
    for (let n = 0; n < 5; n++) await publish(room, `low ${n}`, { priority: 'low' });
    reader.readAgain();
    const body = await reader.untilBody((text) => text.includes('data: normal 19\n'));

    const got = [...body.matchAll(/^data: ([a-z]+ \d+)$/gm)].map(([, text]) => text);
    expect(got).toEqual([...[0, 1, 2].map((n) => `critical ${n}`), ...[15, 16, 17, 18, 19].map((n) => `normal ${n}`)]);
    expect(countOf('shed', body)).toBe(FLOOD - numbersIn(body).length + 5);
    expect(countOf('overflow', body)).toBe(15);
    expect(sequencesIn(body)).toEqual(growing(sequencesIn(body)));
  });

  it('are not left out at all for a client that catches up: there is room for them all in the history', async () => {
    const room = unique('room');
    const reader = await openSlowly(server, `/slow/channel?c=${room}`);
    const published = await server.call('burst', room, FLOOD, PIECE, { priority: 'low' });

    reader.readAgain();
    const body = await reader.untilBody((text) => text.includes(`id: ${published.at(-1)!.id}\n`));

    expect(numbersIn(body)).toHaveLength(FLOOD);
  });

  async function connectionOf(room: string): Promise<string> {
    const [connection] = (await server.call('byChannel', room)) as { id: string }[];
    return connection!.id;
  }
});

describe.each(ONE_OF_EACH_NEST)('an event with an idempotency key ($name)', (target) => {
  const server = useServer(target);

  it('is published once, whatever it is the second time, and the caller hears of the first', async () => {
    const [room, idempotencyKey] = [unique('room'), unique()];
    const client = await server.open(`/channels?c=${room}`);

    const published = (await server.call('broadcastAll', [
      ['toChannel', room, { data: 'first' }, { idempotencyKey }],
      ['toChannel', room, { data: 'second' }, { idempotencyKey }],
      ['toChannel', room, { data: 'another' }, { idempotencyKey: unique() }],
      ['toChannel', room, { data: 'none' }],
    ])) as Published[];

    expect((await client.take(3)).map(({ data, id }) => [data, id])).toEqual([
      ['first', published[0]!.id],
      ['another', published[2]!.id],
      ['none', published[3]!.id],
    ]);
    expect(published[1]).toEqual(published[0]);
    const again = await server.open(`/channels?c=${room}`, from(published[0]!.id!));
    expect(idsOf(await again.take(2))).toEqual(idsOf(published.slice(2)));
  });
});
