import { describe, expect, it } from '@jest/globals';
import { from, idsOf, sequenceOf } from './harness/cursor.js';
import { ONE_OF_EACH, ONE_OF_EACH_NEST } from './harness/matrix.js';
import { openSlowly } from './harness/slow-reader.js';
import { unique, useServer } from './harness/use-server.js';

/** More than the buffers of a loopback connection take, in pieces of 64 KiB. */
const FLOOD = 256;
const PIECE = 64 * 1024;

const idsIn = (body: string) => [...body.matchAll(/^id: (.+)$/gm)].map(([, id]) => id!);
const numbersIn = (body: string) => [...body.matchAll(/"n":(\d+)/g)].map(([, number]) => Number(number));
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);
const countOf = (reason: string, body: string) =>
  [...body.matchAll(new RegExp(`^data: {"count":(\\d+),"reason":"${reason}"}$`, 'gm'))].reduce(
    (total, [, count]) => total + Number(count),
    0,
  );

// backplane.md, "Slow clients are cursors".
describe.each(ONE_OF_EACH)('a slow client of a channel ($name)', (target) => {
  const server = useServer(target);

  it('gets every event in order once it reads again, and next to nothing is held for it meanwhile', async () => {
    const room = unique('room');
    const reader = await openSlowly(server, `/slow/channel?c=${room}`);
    const published = await server.call('burst', room, FLOOD, PIECE);

    expect((await server.call('stats')).queuedBytes).toBeLessThanOrEqual(9 * (PIECE + 100));
    reader.readAgain();
    await reader.untilBody((text) => text.includes(`id: ${published.at(-1)!.id}\n`));
    await server.call('broadcast', 'toChannel', room, { type: 'live' });
    const body = await reader.untilBody((text) => text.includes('event: live'));

    expect(numbersIn(body)).toEqual(upTo(FLOOD));
    const ids = idsIn(body);
    expect(ids.filter((id, index) => index > 0 && sequenceOf(id) <= sequenceOf(ids[index - 1]))).toEqual([]);
    expect(body).not.toContain('sse:dropped');
    expect((await server.call('stats')).queuedBytes).toBe(0);
  });

  it('gets what is published on all its channels while it catches up, in order', async () => {
    const [room, other] = [unique('room'), unique('other')];
    const reader = await openSlowly(server, `/channels?c=${room}&c=${other}`);
    const published = await server.call('burst', room, FLOOD, PIECE);

    reader.readAgain();
    for (let round = 0; round < 20; round++) {
      published.push(...(await server.call('burst', other, 5)), ...(await server.call('burst', room, 5)));
    }
    const body = await reader.untilBody((text) => text.includes(`id: ${published.at(-1)!.id}\n`));

    expect(idsIn(body).slice(1)).toEqual(idsOf(published));
  });

  it('that comes back slowly gets what it missed and what follows, all in order', async () => {
    const room = unique('room');
    const [start] = await server.call('burst', room, 1);
    const published = await server.call('burst', room, FLOOD, PIECE);
    const reader = await openSlowly(server, `/slow/channel?c=${room}`, 'GET', from(start!.id!).headers as never);

    published.push(...(await server.call('burst', room, 20)));
    expect((await server.call('stats')).queuedBytes).toBeLessThanOrEqual(9 * (PIECE + 100));
    reader.readAgain();
    const body = await reader.untilBody((text) => text.includes(`id: ${published.at(-1)!.id}\n`));

    expect(idsIn(body)).toEqual(idsOf(published));
  });

  it('loses of what is not recorded the oldest, and is told how many', async () => {
    const [room, user] = [unique('room'), unique('user')];
    const reader = await openSlowly(server, `/slow/channel?c=${room}&user=${user}`);
    const recorded = await server.call('burst', room, FLOOD, PIECE);
    const [connection] = (await server.call('byUser', user)) as { id: string }[];

    await server.call('burst', room, 50, 10, { ephemeral: true });
    for (let n = 0; n < 20; n++) await server.call('sendTo', connection!.id, { type: 'own', data: n });
    expect((await server.call('stats')).queuedBytes).toBeLessThanOrEqual(9 * (PIECE + 100));
    reader.readAgain();
    const body = await reader.untilBody((text) => text.includes(`id: ${recorded.at(-1)!.id}\n`));

    expect(idsIn(body).slice(1)).toEqual(idsOf(recorded));
    expect(body.match(/^event: own\ndata: 19$/m)).not.toBeNull();
    const got = numbersIn(body).length - FLOOD + (body.match(/^event: own$/gm)?.length ?? 0);
    expect(countOf('overflow', body)).toBe(70 - got);
    expect(got).toBeLessThanOrEqual(9);
  });

  it('does not disturb the others', async () => {
    const room = unique('room');
    await openSlowly(server, `/slow/channel?c=${room}`);
    const client = await server.open(`/channels?c=${room}`);

    for (let round = 0; round < 16; round++) {
      const published = await server.call('burst', room, 16, PIECE);
      expect(idsOf(await client.take(16))).toEqual(idsOf(published));
    }
  });

  it('keeps its cursor over a cut: it comes back to where it was', async () => {
    const room = unique('room');
    const reader = await openSlowly(server, `/slow/channel?c=${room}`);
    const published = await server.call('burst', room, FLOOD, PIECE);
    reader.readAgain();
    const half = await reader.untilBody((text) => idsIn(text).length > FLOOD / 2);
    await reader.close();
    // What was cut in two it has not got.
    const complete = half.slice(0, half.lastIndexOf('\n\n') + 2);
    const got = idsIn(complete);

    const client = await server.open(`/channels?c=${room}`, from(got.at(-1)!));

    expect([...got.slice(1), ...idsOf(await client.take(published.length + 1 - got.length))]).toEqual(idsOf(published));
  });
});

describe.each(ONE_OF_EACH_NEST)('a slow client, and a short history ($name)', (target) => {
  const options = { history: { maxEvents: 32 }, queue: { maxEvents: 8 }, connections: { retry: 1_234 } };
  const server = useServer(target, { options });

  it('is told to reset, and goes on from there', async () => {
    const room = unique('room');
    const reader = await openSlowly(server, `/slow/channel?c=${room}`);
    const published = await server.call('burst', room, FLOOD, PIECE);

    reader.readAgain();
    await reader.untilBody((text) => text.includes('event: sse:reset'));
    await server.call('broadcast', 'toChannel', room, { type: 'live' });
    const body = await reader.untilBody((text) => text.includes('event: live'));

    const [before, after] = body.split(/^(?=id: .+\nevent: sse:reset$)/m);
    expect(numbersIn(before!)).toEqual(upTo(numbersIn(before!).length));
    expect(after).toMatch(
      new RegExp(
        `^id: ${published.at(-1)!.id}\nevent: sse:reset\ndata: {"reason":"history","channels":\\["${room}"\\]}\n\n`,
      ),
    );
    expect(numbersIn(after!)).toEqual([]);
    expect(body.match(/sse:reset/g)).toHaveLength(1);
  });

  it('of which only one channel was too fast gets all that is left behind the reset, of both', async () => {
    const [fast, calm] = [unique('fast'), unique('calm')];
    const reader = await openSlowly(server, `/channels?c=${fast}&c=${calm}`);
    const published = await server.call('burst', fast, FLOOD, PIECE);
    published.push(...(await server.call('burst', calm, 3)));

    reader.readAgain();
    const body = await reader.untilBody((text) => text.includes(`id: ${published.at(-1)!.id}\ndata`));

    const [before, after] = body.split('event: sse:reset\n');
    expect(after).toContain(`data: {"reason":"history","channels":["${fast}"]}`);
    expect(idsIn(before!).at(-1)).toBe(published.at(-36)!.id);
    expect(idsIn(after!)).toEqual(idsOf(published.slice(-35)));
  });

  it('that loses the thread three times within a minute is closed, and told when to come back', async () => {
    const [room, user] = [unique('room'), unique('user')];
    const reader = await openSlowly(server, `/slow/channel?c=${room}&user=${user}`);

    for (let round = 1; round <= 3; round++) {
      reader.stopReading();
      await server.call('burst', room, FLOOD, PIECE);
      reader.readAgain();
      await reader.untilBody((text) => text.split('event: sse:reset').length > round);
    }

    expect((await server.noted('closed$', user)).detail).toMatchObject({ reason: 'slow' });
    const body = await reader.untilBody((text) => text.includes('sse:closing'));
    expect(body).toMatch(/event: sse:closing\nretry: \d+\ndata: {"reason":"slow"}\n\n$/);
  });
});

describe.each(ONE_OF_EACH_NEST)('a slow client, and no history ($name)', (target) => {
  const server = useServer(target, { options: { history: false } });

  it('gets the newest events and is told how many it missed; ids grow all the same', async () => {
    const room = unique('room');
    const reader = await openSlowly(server, `/slow/channel?c=${room}`);

    await server.call('burst', room, FLOOD, PIECE);
    expect((await server.call('stats')).queuedBytes).toBeLessThanOrEqual(9 * (PIECE + 100));
    reader.readAgain();
    const body = await reader.untilBody(
      (text) => text.endsWith('\n\n') && numbersIn(text).length + countOf('overflow', text) === FLOOD,
    );

    const got = numbersIn(body);
    expect(got.slice(-8)).toEqual(upTo(FLOOD).slice(-8));
    expect(got).toEqual(got.toSorted((one, other) => one - other));
    const ids = idsIn(body).map(sequenceOf);
    expect(ids).toEqual(ids.toSorted((one, other) => one - other));
  });
});
