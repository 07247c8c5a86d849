import { describe, expect, it } from '@jest/globals';
import { ONE_OF_EACH } from './harness/matrix.js';
import { openSlowly } from './harness/slow-reader.js';
import { unique, useServer } from './harness/use-server.js';

/** More than the buffers of a loopback connection take, in pieces of 64 KiB. */
const FLOOD = 256;
const PIECE = 64 * 1024;
/** Far more pieces than the buffers of a connection take. */
const ENDLESS = 2_000;

// B5, C7; #11601, #13453, OpenCTI #13908: memory and listeners grow behind slow clients. Of channels: see catch-up.e2e.ts.
describe.each(ONE_OF_EACH)('a client that reads slowly ($name)', (target) => {
  const server = useServer(target);

  it('gets the newest events and is told how many it missed', async () => {
    const key = unique();
    const reader = await openSlowly(server, `/slow/subject?key=${key}`);
    await server.noted('subscribed', key);

    await server.call('flood', key, FLOOD, PIECE);
    const waiting = (await server.call('stats')).queuedBytes;
    reader.readAgain();
    const body = await reader.untilBody(isSettled);

    const got = numbersIn(body);
    expect(waiting).toBeLessThanOrEqual(9 * (PIECE + 100));
    expect(got).toEqual([...got].sort((a, b) => a - b));
    expect(got.slice(-8)).toEqual(Array.from({ length: 8 }, (_, n) => FLOOD - 8 + n));
    expect(droppedIn(body)).toBe(FLOOD - got.length);
    expect(body).toContain('"reason":"overflow"');
    expect((await server.call('stats')).queuedBytes).toBe(0);
  });

  it('goes on in order after it has caught up', async () => {
    const key = unique();
    const reader = await openSlowly(server, `/slow/subject?key=${key}`);
    await server.noted('subscribed', key);
    await server.call('flood', key, FLOOD, PIECE);
    reader.readAgain();
    await reader.untilBody(isSettled);

    await server.call('emit', key, 'afterwards');

    expect((await reader.untilBody((text) => text.includes('data: afterwards'))).split('sse:dropped')).toHaveLength(2);
  });

  // #11601, #13453.
  it('leaks no listeners, however often it has to wait', async () => {
    const key = unique();
    const client = await server.open(`/slow/generator?key=${key}`);

    await server.noted('asked', key, 200);
    await client.close();
    await server.noted('unsubscribed', key);

    expect(server.output).not.toContain('MaxListenersExceededWarning');
  });

  it('does not disturb the others', async () => {
    const channel = unique('room');
    await openSlowly(server, `/slow/channel-drop?c=${channel}`);
    const client = await server.open(`/channels?c=${channel}`);

    const { dropped } = await server.call('stats');
    for (let round = 0; round < 16; round++) {
      await server.call('burst', channel, 16, PIECE);
      await client.take(16);
    }

    expect((await server.call('stats')).dropped).toBeGreaterThan(dropped);
  });

  it('keeps the oldest with drop-newest', async () => {
    const key = unique();
    const reader = await openSlowly(server, `/slow/drop-newest?key=${key}`);
    await server.noted('subscribed', key);

    await server.call('flood', key, FLOOD, PIECE);
    reader.readAgain();
    const body = await reader.untilBody(isSettled);

    const got = numbersIn(body);
    expect(got).toEqual(got.map((_, n) => n));
    expect(droppedIn(body)).toBe(FLOOD - got.length);
  });

  it('is disconnected with the policy disconnect, and sees that its stream is not complete', async () => {
    const [key, user] = [unique(), unique('user')];
    const reader = await openSlowly(server, `/slow/disconnect?key=${key}&user=${user}`);
    await server.noted('subscribed', key);

    await server.call('flood', key, FLOOD, PIECE);

    expect((await server.noted('closed', user)).detail).toMatchObject({ reason: 'overflow' });
    await server.noted('unsubscribed', key);
    reader.readAgain();
    await reader.untilEnded();
    expect(reader.body).not.toContain('sse:');
  });

  it('of a raw stream is disconnected rather than given a text with a hole', async () => {
    const [key, user] = [unique(), unique('user')];
    const reader = await openSlowly(server, `/slow/raw?key=${key}&user=${user}`, 'POST');
    await server.noted('subscribed', key);

    await server.call('flood', key, FLOOD, PIECE);

    expect((await server.noted('closed', user)).detail).toMatchObject({ reason: 'overflow' });
    reader.readAgain();
    await reader.untilEnded();
  });

  it('is bounded in bytes too', async () => {
    const key = unique();
    await openSlowly(server, `/slow/bytes?key=${key}`);
    await server.noted('subscribed', key);

    await server.call('flood', key, FLOOD, PIECE);

    expect((await server.call('stats')).queuedBytes).toBeLessThanOrEqual(200_000);
  });

  it.each(['generator', 'readable'])('pauses a source that can be paused: %s', async (kind) => {
    const key = unique();
    const reader = await openSlowly(server, `/slow/${kind}?key=${key}`);
    const asked = await askedInAll(key);

    reader.readAgain();
    // What it had not been asked for comes now: nothing was lost in between.
    await server.noted('asked', key, asked + 32);
    const body = await reader.untilBody((text) => numbersIn(text).length > asked);
    await reader.close();
    await server.noted('unsubscribed', key).catch(() => undefined);

    const got = numbersIn(body);
    expect(got).toEqual(got.map((_, n) => n + 1));
  });

  it('asks a paused generator for 16 elements more at most', async () => {
    const key = unique();
    const { dropped } = await server.call('stats');
    await openSlowly(server, `/slow/generator?key=${key}`);
    const asked = await askedInAll(key);
    const [connection] = (await server.call('connections')) as { stats: { events: number } }[];

    expect(asked - connection!.stats.events).toBeLessThanOrEqual(16);
    expect((await server.call('stats')).dropped).toBe(dropped);
  });

  /** How many elements the source was asked for, once that has stopped growing. */
  async function askedInAll(key: string): Promise<number> {
    await server.noted('asked', key);
    for (let asked = 0, quiet = 0; asked < ENDLESS;) {
      await server.call('settle');
      const before = asked;
      asked = server.notesOf(key, 'asked').length;
      quiet = asked === before ? quiet + 1 : 0;
      if (quiet > 20) return asked;
    }
    throw new Error(`The source was asked for more than ${ENDLESS} elements by a client that does not read`);
  }
});

describe.each(ONE_OF_EACH)('a client that reads quickly ($name)', (target) => {
  const server = useServer(target);

  it('leaves the event loop its turns, although the source always has a value', async () => {
    const client = await server.open('/slow/greedy');

    const turns = (await client.untilClosed()).find(({ type }) => type === 'turns');

    // One at least for each 16 elements.
    expect(turns?.json()).toBeGreaterThanOrEqual(1_000 / 16);
  });

  // Over HTTP/2 the kernel takes nothing within the tick: there a burst is bounded by the queue.
  if (target.http2) return;

  it('gets a burst whole: that it falls into one tick is no sign of a slow client', async () => {
    const channel = unique('room');
    const client = await server.open(`/channels?c=${channel}`);

    await server.call('burst', channel, 2_000);

    const numbers = (await client.take(2_000)).map((event) => event.json<{ n: number }>().n);
    expect(numbers).toEqual(Array.from({ length: 2_000 }, (_, n) => n));
  });

  it('gets the burst of an Observable whole', async () => {
    const key = unique();
    const client = await server.open(`/sources/subject?key=${key}`);
    await server.noted('subscribed', key);

    await server.call('flood', key, 2_000, 10);

    expect((await client.take(2_000)).at(-1)?.json()).toMatchObject({ n: 1_999 });
  });
});

/** Each event has come, or was told of. */
function isSettled(body: string): boolean {
  return body.endsWith('\n\n') && numbersIn(body).length + droppedIn(body) === FLOOD;
}

function numbersIn(body: string): number[] {
  return [...body.matchAll(/"n":(\d+)/g)].map(([, number]) => Number(number));
}

function droppedIn(body: string): number {
  return [...body.matchAll(/^data: \{"count":(\d+)/gm)].reduce((total, [, count]) => total + Number(count), 0);
}
