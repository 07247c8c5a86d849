import { afterEach, describe, expect, it } from '@jest/globals';
import { MATRIX, ONE_OF_EACH_NEST } from './harness/matrix.js';
import { openSlowly } from './harness/slow-reader.js';
import { type ServerConfig, TestServer } from './harness/test-server.js';
import { unique } from './harness/use-server.js';

let server: TestServer;

afterEach(() => server.stop());

// F4; #6643, #7611, #9517, #10345, #16156: the application does not exit with a stream open.
describe.each(MATRIX)('closing the application ($name)', (target) => {
  async function start(config?: ServerConfig): Promise<void> {
    server = await TestServer.start(target, config);
  }

  it('says farewell to every stream, with times to come back that are spread, and the process exits', async () => {
    await start({ options: { shutdown: { reconnectSpread: 5_000 } } });
    const clients = await Promise.all(
      Array.from({ length: 8 }, (_, n) => server.open(n % 2 ? `/channels?c=x` : `/sources/subject?key=${unique()}`)),
    );

    await server.call('shutDown');

    const retries = await Promise.all(
      clients.map(async (client) => {
        const events = await client.untilClosed();
        expect(events.map((event) => [event.type, event.json()])).toEqual([['sse:closing', { reason: 'shutdown' }]]);
        expect(client.lastEventId).not.toContain('~end');
        expect(await client.closed).toBe('ended');
        return events[0]!.retry;
      }),
    );
    expect(new Set(retries).size).toBeGreaterThan(1);
    expect(await server.exited()).toBe(0);
  });

  it('on SIGTERM does the same with the shutdown hooks enabled', async () => {
    await start({ shutdownHooks: true });
    const user = unique('user');
    const client = await server.open(`/channels?c=x&user=${user}`);

    server.signal('SIGTERM');

    expect((await client.untilClosed()).map(({ type }) => type)).toEqual(['sse:closing']);
    expect(await server.exited()).toBe('SIGTERM');
    expect(server.notesOf(user, 'closed').map(({ detail }) => detail)).toMatchObject([{ reason: 'shutdown' }]);
  });

  it('does not wait for ever for a client that reads nothing', async () => {
    await start({ options: { shutdown: { timeout: 300 } } });
    const [key, user] = [unique(), unique('user')];
    await openSlowly(server, `/slow/subject?key=${key}&user=${user}`);
    await server.noted('subscribed', key);
    await server.call('flood', key, 256, 64 * 1024);

    await server.call('shutDown');

    expect((await server.noted('closed', user)).detail).toMatchObject({ reason: 'shutdown' });
    expect(await server.exited()).toBe(0);
  });

  it('sends what waits before the farewell', async () => {
    await start();
    const channel = unique('room');
    const client = await server.open(`/channels?c=${channel}`);

    const published = server.call('burst', channel, 50);
    const closed = server.call('shutDown');
    await Promise.all([published, closed]);

    const events = await client.untilClosed();
    expect(events.slice(0, -1).map((event) => event.json<{ n: number }>().n)).toEqual(
      Array.from({ length: 50 }, (_, n) => n),
    );
    expect(events.at(-1)?.type).toBe('sse:closing');
  });

  it('ends sources that wait, and a raw stream without an event of ours', async () => {
    await start();
    const [generator, raw] = [unique(), unique()];
    const first = await server.open(`/sources/generator?key=${generator}`);
    const second = await server.open(`/sources/raw?key=${raw}`, { method: 'POST' });
    await server.noted('held', generator);

    await server.call('shutDown');

    await server.noted('aborted', generator);
    await server.noted('unsubscribed', raw);
    expect((await first.untilClosed()).map(({ type }) => type)).toEqual(['message', 'sse:closing']);
    await second.closed;
    expect(await second.text()).not.toContain('sse:');
    expect(await server.exited()).toBe(0);
  });
});

describe.each(ONE_OF_EACH_NEST)('while the application closes ($name)', (target) => {
  it('a request whose guard still waits is not let in any more', async () => {
    server = await TestServer.start(target);
    const key = unique();
    const waiting = server.open(`/sources/held-by-guard?key=${key}`);
    await server.noted('held', key);

    const closed = server.call('shutDown');
    await server.call('settle');
    await server.call('release', key);

    const client = await waiting;
    expect(client.status).toBe(503);
    await client.closed;
    expect(server.notesOf(key, 'ran')).toEqual([]);
    await closed;
    expect(await server.exited()).toBe(0);
  });

  it('a request whose handler still waits gets no stream that stays', async () => {
    server = await TestServer.start(target);
    const key = unique();
    const waiting = server.open(`/sources/held-by-handler?key=${key}`);
    await server.noted('held', key);

    const closed = server.call('shutDown');
    await server.call('settle');
    await server.call('release', key);

    const client = await waiting.catch(() => undefined);
    await client?.closed;
    await closed;
    expect(server.notesOf(key, 'subscribed')).toHaveLength(server.notesOf(key, 'unsubscribed').length);
    expect(await server.exited()).toBe(0);
  });

  it('a server without any stream exits', async () => {
    server = await TestServer.start(target);

    await server.call('shutDown');

    expect(await server.exited()).toBe(0);
  });

  it('nothing of the streams that were is left over: no timer, no listener', async () => {
    server = await TestServer.start(target);
    const before = await server.call('resources');
    const clients = await Promise.all(
      ['/limits/beat', '/limits/max-age', '/channels', '/sources/subject'].map((path) =>
        server.open(`${path}?c=x&key=${unique()}`),
      ),
    );
    await Promise.all(clients.map((client) => client.close()));
    await server.idle();

    const after = await server.call('resources');
    // A socket may take a moment longer to close; timers of ours may not.
    expect(after.filter((name) => name === 'Timeout')).toEqual(before.filter((name) => name === 'Timeout'));
    await server.call('shutDown');
    expect(await server.exited()).toBe(0);
  });

  // SIGTERM reaches Nest only after app.enableShutdownHooks().
  it('warns at the start where the shutdown hooks are not enabled, and only there', async () => {
    server = await TestServer.start(target);
    await server.printed('enableShutdownHooks');
    await server.stop();

    server = await TestServer.start(target, { shutdownHooks: true });
    await server.call('settle');

    expect(server.output).not.toContain('enableShutdownHooks');
  });
});
