import { describe, expect, it } from '@jest/globals';
import { EventSource, type ErrorEvent } from 'eventsource';
import { once } from 'node:events';
import { HTTP1 } from './harness/matrix.js';
import { unique, useServer } from './harness/use-server.js';

// The library that programs on Node use in place of the browser's EventSource.
describe.each(HTTP1)('the eventsource package ($name)', (target) => {
  const server = useServer(target, { options: { connections: { retry: 20, retryAfter: 20 } } });

  function connect(path: string): EventSource {
    const source = new EventSource(`${server.url}${path}`);
    server.clients.add(source);
    return source;
  }

  it('gets events with their types and ids', async () => {
    const channel = unique('room');
    const source = connect(`/channels?c=${channel}`);
    await once(source, 'open');
    const heard = once(source, 'hi');

    const published = (await server.call('broadcast', 'toChannel', channel, { type: 'hi', data: { n: 1 } })) as {
      id: string;
    };

    expect(await heard).toMatchObject([{ type: 'hi', data: '{"n":1}', lastEventId: published.id }]);
  });

  it('comes back after a cut with its last id, and the handler sees it', async () => {
    const key = unique();
    const source = connect(`/ending/close?key=${key}`);

    await server.noted('ran', key, 2);
    source.close();

    expect(
      server
        .notesOf(key, 'ran')
        .slice(0, 2)
        .map(({ detail }) => detail),
    ).toEqual([{ lastEventId: null }, { lastEventId: '2' }]);
  });

  it('comes back after a source failed', async () => {
    const key = unique();
    connect(`/ending/fail?key=${key}`);

    expect((await server.noted('ran', key, 2)).detail).toEqual({ lastEventId: '3' });
  });

  it.each(['complete', 'fail-end'])('is done for good when the stream ended for good: %s', async (path) => {
    const key = unique();
    const source = connect(`/ending/${path}?key=${key}`);

    await closed(source);

    expect(source.readyState).toBe(EventSource.CLOSED);
    expect(server.notesOf(key, 'ran')).toHaveLength(1);
  });

  it('is done for good when it was replaced, and does not fight', async () => {
    const [user, key] = [unique('user'), unique()];
    const replaced = connect(`/limits/user-replace?user=${user}&key=${key}`);
    await server.noted('subscribed', key, 1);
    const winners = [];
    for (const n of [2, 3]) {
      winners.push(connect(`/limits/user-replace?user=${user}&key=${key}`));
      await server.noted('subscribed', key, n);
    }

    await closed(replaced);

    expect(winners.map(({ readyState }) => readyState)).toEqual([EventSource.OPEN, EventSource.OPEN]);
    expect(server.notesOf(key, 'subscribed')).toHaveLength(3);
  });

  it('is done for good when it was kicked', async () => {
    const user = unique('user');
    const source = connect(`/channels?c=x&user=${user}`);
    await server.noted('opened$', user);
    const told = once(source, 'sse:end');

    await server.call('broadcast', 'disconnect', { user });

    expect(await told).toMatchObject([{ data: '{"reason":"kicked"}' }]);
    await closed(source);
    expect(server.notesOf(user, 'opened$')).toHaveLength(1);
  });

  it('comes back by itself after a refusal, and is let in when there is a place', async () => {
    const user = unique('user');
    const first = await server.open('/limits/max-retry');
    const { refused } = await server.call('stats');
    const source = connect(`/limits/max-retry?user=${user}`);
    while ((await server.call('stats')).refused < refused + 3) await server.call('settle');

    await first.close();
    await server.noted('opened$', user);

    expect(source.readyState).not.toBe(EventSource.CLOSED);
  });

  it.each([
    [404, '/before/not-found'],
    [403, '/before/guarded'],
    [503, '/limits/max-status'],
  ])('gives up on a %s', async (code, path) => {
    await server.open('/limits/max-status');

    const error = await closed(connect(path));

    expect(error.code).toBe(code);
  });
});

/** Waits until the source has given up; resolves with the error that made it. */
async function closed(source: EventSource): Promise<ErrorEvent> {
  for (;;) {
    const [error] = (await once(source, 'error', { signal: AbortSignal.timeout(5_000) })) as [ErrorEvent];
    if (source.readyState === EventSource.CLOSED) return error;
  }
}
