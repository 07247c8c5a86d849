import { describe, expect, it } from '@jest/globals';
import { HTTP1, ONE_OF_EACH } from './harness/matrix.js';
import { RawSocket } from './harness/raw-socket.js';
import { unique, useServer } from './harness/use-server.js';

// A6; #8749, #17274, #17327: no heartbeat.
describe.each(ONE_OF_EACH)('heartbeats ($name)', (target) => {
  const server = useServer(target, { options: { heartbeat: { interval: 60_000 } } });

  it('come as comments at the interval of the route, and are no events', async () => {
    const client = await server.open(`/limits/beat?key=${unique()}`);

    await until(() => client.comments.length >= 3);
    await client.close();

    expect(new Set(client.comments)).toEqual(new Set(['']));
    expect(await client.text()).toMatch(/^retry: 3000\n\n(:\n\n)+$/);
    expect(await client.untilClosed()).toEqual([]);
  });

  it('are skipped for a connection that was written to since', async () => {
    const key = unique();
    const client = await server.open(`/limits/beat?key=${key}`);
    await server.noted('subscribed', key);
    const { skipped } = await server.call('heartbeats');

    // One event in every turn: at each time that a heartbeat is due, one was written before.
    while ((await server.call('heartbeats')).skipped < skipped + 3) {
      await server.call('emit', key, 'busy');
    }

    expect(client.comments.length).toBeLessThan(3);
  });

  it('can be switched off for a route', async () => {
    const [quiet, beating] = [await server.open(`/limits/no-beat?key=${unique()}`), await server.open('/limits/beat')];

    await until(() => beating.comments.length >= 3);

    expect(quiet.comments).toEqual([]);
  });

  it('come as events with the time where the route names a type', async () => {
    const client = await server.open('/limits/visible-beat');

    const [one, two] = await client.take(2, { type: 'beat' });

    for (const beat of [one!, two!]) {
      const { time } = beat.json<{ time: string }>();
      expect(new Date(time).toISOString()).toBe(time);
      expect(beat).not.toHaveProperty('id');
    }
  });

  it('come at once when the application asks for them', async () => {
    const client = await server.open(`/channels?c=${unique('room')}`);

    await server.call('beat');
    await server.call('broadcast', 'broadcast', { data: 'after' });

    await client.next();
    expect(client.comments).toEqual(['']);
  });

  it('move no cursor and leave the stream as it is', async () => {
    const key = unique();
    const client = await server.open(`/sources/subject?key=${key}`);
    await server.noted('subscribed', key);
    await server.call('emit', key, { id: '1', data: 'a' });
    await server.call('beat');
    await server.call('emit', key, { data: 'b' });

    await client.take(2);

    expect(client.lastEventId).toBe('1');
  });
});

describe.each(ONE_OF_EACH)('the life of a stream ($name)', (target) => {
  const server = useServer(target, {
    options: { heartbeat: false, connections: { idleTimeout: 300, sweepInterval: 50 } },
  });

  it('ends at its maximum age with a farewell and a time to come back', async () => {
    const [key, user] = [unique(), unique('user')];
    const client = await server.open(`/limits/max-age?key=${key}&user=${user}`);

    const events = await client.untilClosed();

    expect(events.map((event) => [event.type, event.json()])).toEqual([['sse:closing', { reason: 'max-age' }]]);
    expect(events[0]?.retry).toEqual(expect.any(Number));
    expect(client.lastEventId).not.toContain('~end');
    expect((await server.noted('closed', user)).detail).toMatchObject({ reason: 'max-age' });
    await server.noted('unsubscribed', key);
  });

  it('ends a raw stream at its maximum age without an event of ours', async () => {
    const client = await server.open('/limits/max-age-raw');

    expect(await client.untilClosed()).toEqual([]);
    expect(await client.text()).not.toContain('sse:');
  });

  it('ends when nothing was written to it for the idle time-out', async () => {
    const user = unique('user');
    const client = await server.open(`/channels?c=x&user=${user}`);

    const events = await client.untilClosed();

    expect(events.map((event) => [event.type, event.json()])).toEqual([['sse:closing', { reason: 'idle' }]]);
    expect((await server.noted('closed', user)).detail).toMatchObject({ reason: 'idle' });
  });

  it('goes on while heartbeats are written', async () => {
    const key = unique();
    const client = await server.open(`/limits/beat?key=${key}`);
    // Another stream that is idle lives and dies meanwhile: the sweep looked at both.
    const idle = await server.open(`/channels?c=x`);
    await idle.closed;

    await server.call('emit', key, 'still here');

    expect((await client.next()).data).toBe('still here');
  });
});

describe.each(HTTP1)('a time-out of the server for sockets without traffic ($name)', (target) => {
  const server = useServer(target, { socketTimeout: 100, options: { heartbeat: false } });

  it('is not for streams', async () => {
    const key = unique();
    const stream = await server.open(`/sources/subject?key=${key}`);
    const idle = await RawSocket.connect(server.port);
    server.clients.add(idle);

    // That this one is closed shows that the time has passed, for the older stream too.
    await idle.untilEnded();
    await server.call('emit', key, 'still here');

    expect((await stream.next()).data).toBe('still here');
  });
});

// A5: a peer that reads no more takes heartbeats for a long time, so that a write is no sign of life.
describe.each(HTTP1)('a zombie ($name)', (target) => {
  const server = useServer(target, {
    options: { heartbeat: { interval: 100 }, connections: { idleTimeout: 400, sweepInterval: 50 } },
  });

  it('that has stopped reading with bytes in the air is found by the sweep', async () => {
    const [key, user] = [unique(), unique('user')];
    const raw = await RawSocket.connect(server.port);
    server.clients.add(raw);
    raw.request(`GET /sources/subject?key=${key}&user=${user}`);
    await raw.untilIncludes('retry:');
    raw.stopReading();

    await server.call('flood', key, 200, 64 * 1024);

    expect((await server.noted('closed', user)).detail).toMatchObject({ reason: 'idle' });
    await server.noted('unsubscribed', key);
  });
});

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('Waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
