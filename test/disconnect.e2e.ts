import { describe, expect, it } from '@jest/globals';
import { HTTP1, MATRIX } from './harness/matrix.js';
import { RawSocket } from './harness/raw-socket.js';
import { unique, useServer } from './harness/use-server.js';

// A4 and B4: #10389, #13956, #17017, #17128, #17190, #17239, #17469.
describe.each(MATRIX)('a client that goes ($name)', (target) => {
  const server = useServer(target);

  it('is noticed once: the source unsubscribed, the signal aborted, the hook called', async () => {
    const [key, user] = [unique(), unique('user')];
    const client = await server.open(`/sources/subject?key=${key}&user=${user}`);
    await server.noted('subscribed', key);
    await server.call('emit', key, 'x');
    await client.next();

    await client.close();
    await server.noted('closed', user);
    await server.idle();

    expect(
      server
        .notesOf(key)
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(['aborted', 'subscribed', 'unsubscribed']);
    expect(server.notesOf(user, 'closed').map(({ detail }) => detail)).toMatchObject([{ reason: 'client' }]);
    expect(server.notesOf(user, 'closed$')).toHaveLength(1);
  });

  it('is not confused with one whose source has nothing to say yet', async () => {
    const key = unique();
    const client = await server.open(`/sources/subject?key=${key}`);
    await server.noted('subscribed', key);

    await server.call('settle');

    expect(server.notesOf(key, 'unsubscribed')).toHaveLength(0);
    await server.call('emit', key, 'late');
    expect((await client.next()).data).toBe('late');
  });

  it('has its async iterator returned', async () => {
    const key = unique();
    const client = await server.open(`/sources/iterable?key=${key}`);
    await server.noted('subscribed', key);
    await server.call('emit', key, 'x');
    await client.next();

    await client.close();

    await server.noted('unsubscribed', key);
    await server.idle();
    expect(server.notesOf(key).map(({ kind }) => kind)).toEqual(['subscribed', 'unsubscribed']);
  });

  it.each([
    ['ReadableStream cancelled', 'readable'],
    ["stream of Node's destroyed", 'node-stream'],
  ])('has its %s, also while it is silent', async (_name, path) => {
    const key = unique();
    const client = await server.open(`/sources/${path}?key=${key}`);
    await client.next();

    await client.close();

    await server.noted('unsubscribed', key);
  });

  it('is told to a generator in the middle of its work by the signal, and its finally runs', async () => {
    const key = unique();
    const client = await server.open(`/sources/generator?key=${key}`);
    await client.next();
    await server.noted('held', key);

    await client.close();
    // A generator can't be returned while it awaits; the signal is what reaches it.
    await server.noted('aborted', key);
    await server.call('release', key);

    await server.noted('unsubscribed', key);
  });

  it('is noticed while a guard still awaits, and no source is left subscribed', async () => {
    const key = unique();
    const leaving = new AbortController();
    const opening = server.open(`/sources/held-by-guard?key=${key}`, { signal: leaving.signal });
    await server.noted('held', key);
    leaving.abort();
    await expect(opening).rejects.toThrow();
    await server.noted('client-gone', key);

    await server.call('release', key);
    await server.idle();

    expect(server.notesOf(key, 'unsubscribed')).toHaveLength(server.notesOf(key, 'subscribed').length);
    expect((await server.call('stats')).active).toBe(0);
  });

  it('is noticed while the handler still awaits: its signal aborts, and its source is not subscribed', async () => {
    const key = unique();
    const leaving = new AbortController();
    const opening = server.open(`/sources/held-by-handler?key=${key}`, { signal: leaving.signal });
    await server.noted('held', key);
    leaving.abort();
    await expect(opening).rejects.toThrow();
    await server.noted('aborted', key);

    await server.call('release', key);
    await server.idle();

    expect(server.notesOf(key, 'unsubscribed')).toHaveLength(server.notesOf(key, 'subscribed').length);
    expect((await server.call('stats')).active).toBe(0);
  });

  it('can be spoken to without harm: what is sent to it goes nowhere, and nothing rejects', async () => {
    const [user, channel] = [unique('user'), unique('room')];
    const client = await server.open(`/channels?c=${channel}&user=${user}`);
    const [connection] = (await server.call('byUser', user)) as { id: string }[];

    await client.close();
    await server.noted('closed', user);

    await server.call('broadcast', 'toConnection', connection!.id, { data: 'too late' });
    await server.call('broadcast', 'toUser', user, { data: 'too late' });
    await server.call('broadcast', 'toChannel', channel, { data: 'too late' });
    expect((await server.call('stats')).active).toBe(0);
  });

  // fastify/sse #54: a send that never settles after a disconnect.
  it('leaves a connection that the application may go on using: everything settles, nothing is sent', async () => {
    const [key, user] = [unique(), unique('user')];
    const client = await server.open(`/sources/connection?key=${key}&user=${user}`);
    await client.next({ type: 'hello' });
    await client.close();
    await server.noted('closed', user);

    expect(await server.call('useKept', key)).toEqual({ sent: false, closed: true, channels: 0 });
    expect(await server.call('byChannel', 'too-late')).toEqual([]);
    expect(server.notesOf(user, 'closed')).toHaveLength(1);
  });

  // #8740, #8761: an error crashes the process.
  it('is gone, so that its generator may fail late', async () => {
    const key = unique();
    const client = await server.open(`/sources/fails-late?key=${key}`);
    await client.next();
    await server.noted('held', key);

    await client.close();
    await server.idle();
    await server.call('release', key);
    await server.noted('failing', key);
    await server.call('settle');

    expect((await server.open('/kinds/observable')).status).toBe(200);
  });

  it('is gone, so that the clean-up of its source may throw', async () => {
    const [key, user] = [unique(), unique('user')];
    const client = await server.open(`/sources/throws-at-unsubscribe?key=${key}&user=${user}`);
    await server.noted('subscribed', key);

    await client.close();
    await server.noted('closed', user);
    await server.idle();

    expect(server.notesOf(key, 'unsubscribed')).toHaveLength(1);
    await server.printed('the clean-up failed');
    expect((await server.open('/kinds/observable')).status).toBe(200);
  });

  // #17352: a producer that should outlive its client.
  it('does not end work that the handler started on its own, and another client hears its result', async () => {
    const key = unique();
    const first = await server.open(`/sources/job?key=${key}`, { method: 'POST' });
    await server.noted('held', key);
    await first.close();
    await server.idle();
    const second = await server.open(`/channels?c=job.${key}`);

    await server.call('release', key);
    await server.noted('job-done', key);
    await server.call('broadcast', 'toChannel', `job.${key}`, { data: 'result' });

    expect((await second.next()).data).toBe('result');
  });

  it('takes its place, its channels and its user out of every count', async () => {
    const [user, channel] = [unique('user'), unique('room')];
    const client = await server.open(`/channels?c=${channel}&user=${user}`);
    expect(await server.call('counts', user, channel)).toEqual({ user: 1, channel: 1 });

    await client.close();
    await server.idle();

    expect(await server.call('counts', user, channel)).toEqual({ user: 0, channel: 0 });
    expect(await server.call('byUser', user)).toEqual([]);
    expect(await server.call('byChannel', channel)).toEqual([]);
  });
});

describe.each(HTTP1)('a client that goes over HTTP/1.1 ($name)', (target) => {
  const server = useServer(target);

  it('with a RST is noticed', async () => {
    const [key, user] = [unique(), unique('user')];
    const raw = await RawSocket.connect(server.port);
    raw.request(`GET /sources/subject?key=${key}&user=${user}`);
    await raw.untilIncludes('retry:');

    raw.reset();

    await server.noted('unsubscribed', key);
    expect(['client', 'error']).toContain(reasonOf(await server.noted('closed', user)));
  });

  it('by closing its half is noticed', async () => {
    const [key, user] = [unique(), unique('user')];
    const raw = await RawSocket.connect(server.port);
    raw.request(`GET /sources/subject?key=${key}&user=${user}`);
    await raw.untilIncludes('retry:');

    raw.halfClose();

    await server.noted('unsubscribed', key);
    await raw.untilEnded();
  });
});

function reasonOf({ detail }: { detail?: unknown }): string {
  return (detail as { reason: string }).reason;
}
