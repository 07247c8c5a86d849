import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type SseTestClient } from 'nestjs-event-stream/testing';
import { MATRIX, ONE_OF_EACH, ONE_OF_EACH_NEST, type Target } from './harness/matrix.js';
import { openSlowly } from './harness/slow-reader.js';
import { type ServerConfig, TestServer } from './harness/test-server.js';
import { unique } from './harness/use-server.js';

const started: TestServer[] = [];

afterEach(() => Promise.all(started.splice(0).map((server) => server.stop())));

async function start(target: Target, config?: ServerConfig): Promise<TestServer> {
  const server = await TestServer.start(target, config);
  started.push(server);
  return server;
}

// F4; #6643, #7611, #9517, #10345, #16156: the application does not exit with a stream open.
describe.each(MATRIX)('closing the application ($name)', (target) => {
  let server: TestServer;
  const listeners: SseTestClient[] = [];
  const keys = {
    channel: unique('room'),
    generator: unique(),
    raw: unique(),
    slow: unique(),
    slowUser: unique('user'),
  };
  let generator: SseTestClient;
  let raw: SseTestClient;

  beforeAll(async () => {
    const shutdown = { timeout: 300, reconnectSpread: 5_000 };
    server = await TestServer.start(target, { options: { shutdown } });
    while (listeners.length < 8) listeners.push(await server.open(`/channels?c=${keys.channel}`));
    generator = await server.open(`/sources/generator?key=${keys.generator}`);
    await server.noted('held', keys.generator);
    raw = await server.open(`/sources/raw?key=${keys.raw}`, { method: 'POST' });
    await openSlowly(server, `/slow/subject?key=${keys.slow}&user=${keys.slowUser}`);
    await server.noted('subscribed', keys.slow);
    await server.call('flood', keys.slow, 256, 64 * 1024);

    const published = server.call('burst', keys.channel, 50);
    await Promise.all([published, server.call('shutDown')]);
  });

  afterAll(() => server.stop());

  it('sends what waits, and then a farewell with times to come back that are spread', async () => {
    const retries = await Promise.all(
      listeners.map(async (client) => {
        const events = await client.untilClosed();
        const farewell = events.pop()!;
        expect(events.map((event) => event.json<{ n: number }>().n)).toEqual(Array.from({ length: 50 }, (_, n) => n));
        expect([farewell.type, farewell.json()]).toEqual(['sse:closing', { reason: 'shutdown' }]);
        expect(client.lastEventId).toBe(events.at(-1)!.id);
        expect(await client.closed).toBe('ended');
        return farewell.retry;
      }),
    );

    expect(new Set(retries).size).toBeGreaterThan(1);
  });

  it('aborts the signal of a generator that is in the middle of its work', async () => {
    await server.noted('aborted', keys.generator);

    expect((await generator.untilClosed()).map(({ type }) => type)).toEqual(['message', 'sse:closing']);
  });

  it('ends a raw stream without an event of ours', async () => {
    await server.noted('unsubscribed', keys.raw);
    await raw.closed;

    expect(await raw.text()).toBe('retry: 3000\n\n');
  });

  it('does not wait for ever for a client that reads nothing', async () => {
    expect((await server.noted('closed', keys.slowUser)).detail).toMatchObject({ reason: 'shutdown' });
  });

  it('lets the process exit', async () => {
    expect(await server.exited()).toBe(0);
  });
});

describe.each(ONE_OF_EACH)('SIGTERM ($name)', (target) => {
  it('closes the application with its streams where the shutdown hooks are enabled, without a warning', async () => {
    const server = await start(target, { shutdownHooks: true });
    const user = unique('user');
    const client = await server.open(`/channels?c=x&user=${user}`);

    server.signal('SIGTERM');

    expect((await client.untilClosed()).map(({ type }) => type)).toEqual(['sse:closing']);
    expect(await server.exited()).toBe('SIGTERM');
    expect(server.notesOf(user, 'closed').map(({ detail }) => detail)).toMatchObject([{ reason: 'shutdown' }]);
    expect(server.output).not.toContain('enableShutdownHooks');
  });
});

describe.each(ONE_OF_EACH_NEST)('while the application closes ($name)', (target) => {
  it('a second SIGTERM changes nothing: those who are there are served, and each hears its farewell once', async () => {
    const shutdown = { readinessDelay: 1_000 };
    const server = await start(target, { shutdownHooks: true, options: { shutdown } });
    const client = await server.open('/channels?c=x');

    server.signal('SIGTERM');
    await server.printed('Not ready any more');
    server.signal('SIGTERM');
    await server.call('broadcast', 'toChannel', 'x', { data: 'as ever' });

    expect((await client.untilClosed()).map(({ type }) => type)).toEqual(['message', 'sse:closing']);
    expect(await server.exited()).toBe('SIGTERM');
  });

  it('a request whose guard still waits is not let in any more', async () => {
    const server = await start(target);
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
    const server = await start(target);
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
    const server = await start(target);

    await server.call('shutDown');

    expect(await server.exited()).toBe(0);
  });

  it('nothing of the streams that were is left over: no timer, no listener', async () => {
    const server = await start(target);
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

  it('and the shutdown hooks are not enabled, there was a warning at the start', async () => {
    const server = await start(target);

    await server.printed('enableShutdownHooks');
  });
});
