import { describe, expect, it } from '@jest/globals';
import { ONE_OF_EACH } from './harness/matrix.js';
import { unique, useServer } from './harness/use-server.js';

// A7.
describe.each(ONE_OF_EACH)('hooks of connections ($name)', (target) => {
  const server = useServer(target);

  it('are called in order with one connection: open hook, opened$, closed$ and close hook', async () => {
    const user = unique('user');
    const client = await server.open(`/channels?c=x&user=${user}`);
    await server.noted('opened$', user);
    await client.close();
    await server.noted('closed', user);
    await server.noted('closed$', user);

    const kinds = server.notesOf(user).map(({ kind }) => kind);
    expect(kinds.slice(0, 2)).toEqual(['opening', 'opened$']);
    expect(kinds.slice(2).sort()).toEqual(['closed', 'closed$']);
    const [opening, opened, ...closed] = server.notesOf(user);
    const { id } = opening!.detail as { id: string };
    expect(opened!.detail).toBe(id);
    expect(closed.map(({ detail }) => detail)).toEqual([
      { id, reason: 'client' },
      { id, reason: 'client' },
    ]);
  });

  it('may refuse: what the open hook throws is the answer, before the head is sent', async () => {
    const user = unique('refused');
    const { opened } = await server.call('stats');

    const client = await server.open(`/channels?c=x&user=${user}`);

    expect(client.status).toBe(403);
    expect(JSON.parse(await client.text())).toMatchObject({ statusCode: 403, message: 'Not you' });
    expect(await server.call('stats')).toMatchObject({ active: 0, opened });
    expect(server.notesOf(user, 'opened$')).toEqual([]);
    expect(server.notesOf(user, 'closed$')).toEqual([]);
  });

  it('that refuse leave no source subscribed', async () => {
    const key = unique();

    await server.open(`/sources/subject?key=${key}&user=${unique('refused')}`);
    await server.idle();

    expect(server.notesOf(key, 'subscribed')).toHaveLength(server.notesOf(key, 'unsubscribed').length);
  });

  it('may send: it is the first that the client gets', async () => {
    const user = unique('greeted');
    const client = await server.open(`/kinds/observable?user=${user}`);

    expect(await client.next()).toMatchObject({ type: 'welcome', data: user });
  });

  it('that fail at the close are logged and harm nothing', async () => {
    const user = unique('fails');
    const client = await server.open(`/channels?c=x&user=${user}`);

    await client.close();
    await server.noted('closed', user);
    await server.idle();

    await server.printed(
      new RegExp(`A close hook failed connection=\\S+ user=${user} reason=client error="the close hook failed"`),
    );
    expect((await server.open('/kinds/observable')).status).toBe(200);
  });

  it.each([
    ['completed', '/kinds/observable'],
    ['error', '/ending/fail'],
  ])('learn the reason: %s', async (reason, path) => {
    const user = unique('user');

    await (
      await server.open(`${path}?key=${unique()}&user=${user}`)
    ).closed;

    expect((await server.noted('closed', user)).detail).toMatchObject({ reason });
    await server.idle();
    expect(server.notesOf(user, 'closed')).toHaveLength(1);
  });

  it('let a handler send by its connection before the stream opens, and keep its state', async () => {
    const [key, user] = [unique(), unique('user')];
    const client = await server.open(`/sources/connection?key=${key}&user=${user}`);

    const hello = await client.next({ type: 'hello' });
    const [connection] = (await server.call('byUser', user)) as { id: string; state: unknown }[];

    expect(hello.json()).toEqual({ id: connection!.id });
    expect(connection!.state).toEqual({ key });
  });

  it('and counters tell of a connection what went through it', async () => {
    const [key, user] = [unique(), unique('user')];
    const client = await server.open(`/sources/subject?key=${key}&user=${user}`);
    await server.noted('subscribed', key);
    await server.call('emit', key, 'a', 'b');
    await client.take(2);

    const [connection] = (await server.call('byUser', user)) as {
      stats: { events: number; bytes: number; dropped: number };
      openedAt: number;
      lastWriteAt: number;
    }[];

    expect(connection!.stats.events).toBeGreaterThanOrEqual(2);
    expect(connection!.stats.bytes).toBeGreaterThan(0);
    expect(connection!.stats.dropped).toBe(0);
    expect(connection!.lastWriteAt).toBeGreaterThanOrEqual(connection!.openedAt);
  });

  it('close by the registry: one connection, and all of a user', async () => {
    const user = unique('user');
    const clients = [
      await server.open(`/channels?c=x&user=${user}`),
      await server.open(`/channels?c=x&user=${user}`),
      await server.open(`/channels?c=x&user=${user}`),
    ];
    const [first] = (await server.call('byUser', user)) as { id: string }[];

    await server.call('close', first!.id);
    expect((await clients[0]!.untilClosed()).map((event) => event.json())).toEqual([{ reason: 'kicked' }]);
    expect(await server.call('byUser', user)).toHaveLength(2);
    await server.call('closeUser', user);

    for (const client of clients.slice(1)) expect((await client.untilClosed())[0]?.type).toBe('sse:end');
    expect(await server.call('byUser', user)).toEqual([]);
  });
});
