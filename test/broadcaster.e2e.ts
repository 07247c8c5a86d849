import { describe, expect, it } from '@jest/globals';
import { type SseTestClient } from 'nestjs-event-stream/testing';
import { ONE_OF_EACH } from './harness/matrix.js';
import { type TestServer } from './harness/test-server.js';
import { unique, useServer } from './harness/use-server.js';

// C1, and api.md, "Publishing".
describe.each(ONE_OF_EACH)('SseBroadcaster ($name)', (target) => {
  const server = useServer(target);

  it('toChannel() reaches the listeners of that channel only, all with the same id', async () => {
    const [here, there] = [unique('room'), unique('room')];
    const [one, two, other] = await listeners(server, [here], [here], [there]);

    const { id } = await publish('toChannel', here, { type: 'hi', data: { n: 1 } });

    for (const client of [one!, two!]) expect(await client.next()).toMatchObject({ id, type: 'hi', data: '{"n":1}' });
    await expectSilence(other!, there);
  });

  it('reaches a connection on several matching channels once per event', async () => {
    const [a, b] = [unique('room'), unique('room')];
    const [client] = await listeners(server, [a, b]);

    await publish('toChannel', a, { data: 'a' });
    await publish('toChannel', b, { data: 'b' });

    expect((await client!.take(2)).map(({ data }) => data)).toEqual(['a', 'b']);
    await expectSilence(client!, a);
  });

  it('toChannel() takes a typed channel', async () => {
    const id = unique();
    const client = await server.open(`/channels/typed?id=${id}`);

    await publish('toChannel', `room.${id}`, { type: 'typing', data: { user: 'u' } });

    expect((await client.next({ type: 'typing' })).json()).toEqual({ user: 'u' });
  });

  it('broadcast() reaches everyone who listens to channels', async () => {
    const [a, b] = [unique('room'), unique('room')];
    const clients = await listeners(server, [a], [b]);

    const { id } = await publish('broadcast', { type: 'news', data: 'all' });

    for (const client of clients) expect(await client.next()).toMatchObject({ id, type: 'news', data: 'all' });
  });

  it('toUser() reaches every stream of the user and nobody else', async () => {
    const [user, room] = [unique('user'), unique('room')];
    const one = await server.open(`/channels?c=${room}&user=${user}`);
    const two = await server.open(`/channels?c=${room}&user=${user}`);
    const other = await server.open(`/channels?c=${room}&user=${unique('user')}`);

    await publish('toUser', user, { data: 'for you' });

    expect((await one.next()).data).toBe('for you');
    expect((await two.next()).data).toBe('for you');
    await expectSilence(other, room);
  });

  it('toPermission() reaches those who hold it', async () => {
    const [permission, room] = [unique('perm'), unique('room')];
    const holder = await server.open(`/channels?c=${room}&user=${unique('user')}&permissions=read,${permission}`);
    const other = await server.open(`/channels?c=${room}&user=${unique('user')}&permissions=read`);

    await publish('toPermission', permission, { data: 'for holders' });

    expect((await holder.next()).data).toBe('for holders');
    await expectSilence(other, room);
  });

  it('toConnection() reaches one stream', async () => {
    const [user, room] = [unique('user'), unique('room')];
    const one = await server.open(`/channels?c=${room}&user=${user}`);
    const [connection] = await connectionsOf(user);
    const two = await server.open(`/channels?c=${room}&user=${user}`);

    await publish('toConnection', connection!.id, { type: 'only', data: 1 });

    expect(await one.next()).toMatchObject({ type: 'only', data: '1' });
    await expectSilence(two, room);
  });

  it('leaves out the connections and users that are excepted', async () => {
    const [author, room] = [unique('user'), unique('room')];
    const own = await server.open(`/channels?c=${room}&user=${author}`);
    const [connection] = await connectionsOf(author);
    const tab = await server.open(`/channels?c=${room}&user=${author}`);
    const other = await server.open(`/channels?c=${room}&user=${unique('user')}`);

    await publish('toChannel', room, { data: '1' }, { except: { connections: [connection!.id] } });
    await publish('toChannel', room, { data: '2' }, { except: { users: [author] } });
    await publish('toChannel', room, { data: '3' });

    expect((await own.next()).data).toBe('3');
    expect((await tab.take(2)).map(({ data }) => data)).toEqual(['1', '3']);
    expect((await other.take(3)).map(({ data }) => data)).toEqual(['1', '2', '3']);
  });

  it('gives an ephemeral event no id, so that the cursor stays where it was', async () => {
    const room = unique('room');
    const [client] = await listeners(server, [room]);
    const { id } = await publish('toChannel', room, { data: 'recorded' });

    const published = await publish('toChannel', room, { type: 'typing', data: 'u' }, { ephemeral: true });

    expect(published.id).toBeUndefined();
    const [, typing] = await client!.take(2);
    expect(typing).not.toHaveProperty('id');
    expect(client!.lastEventId).toBe(id);
  });

  it('keeps the order of calls that are not awaited, over all kinds of audience', async () => {
    const [user, room] = [unique('user'), unique('room')];
    const client = await server.open(`/channels?c=${room}&user=${user}&permissions=${user}`);

    await server.call('broadcastAll', [
      ['toChannel', room, { data: '1' }],
      ['toUser', user, { data: '2' }],
      ['broadcast', { data: '3' }],
      ['toPermission', user, { data: '4' }],
      ['toChannel', room, { data: '5' }, { ephemeral: true }],
      ['toChannel', room, { data: '6' }],
    ]);

    expect((await client.take(6)).map(({ data }) => data)).toEqual(['1', '2', '3', '4', '5', '6']);
  });

  it('gives ids that grow', async () => {
    const room = unique('room');
    const [client] = await listeners(server, [room]);

    const published = await server.call('burst', room, 20);

    const ids = (await client!.take(20)).map(({ id }) => id);
    expect(ids).toEqual(published.map(({ id }) => id));
    const numbers = ids.map((id) => Number(/-(\d+)$/.exec(id ?? '')?.[1]));
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    expect(new Set(numbers).size).toBe(20);
  });

  it.each([
    { ttl: 0 },
    { ttl: '5 s' },
    { priority: 'urgent' },
    { key: '' },
    { idempotencyKey: 'x'.repeat(1_025) },
    { idempotencyKey: 'once', ephemeral: true },
    { except: { users: 'anna' } },
    { delay: 5 },
  ])('fails for an option that is none, and touches no stream: %j', async (options) => {
    const room = unique('room');
    const [client] = await listeners(server, [room]);

    await expect(publish('toChannel', room, { data: 1 }, options)).rejects.toMatchObject({
      name: 'SseEventError',
      code: 'SSE_EVENT_OPTION',
    });

    await expectSilence(client!, room);
  });

  describe('subscriptions at run time', () => {
    it('join all streams of a user to a channel, and leave it again', async () => {
      const [user, room, later] = [unique('user'), unique('room'), unique('room')];
      const one = await server.open(`/channels?c=${room}&user=${user}`);
      const two = await server.open(`/channels?c=${room}&user=${user}`);

      await server.call('broadcast', 'subscribe', { user }, later);
      await publish('toChannel', later, { data: 'joined' });
      await server.call('broadcast', 'unsubscribe', { user }, later);
      await publish('toChannel', later, { data: 'left' });

      for (const client of [one, two]) {
        expect((await client.next()).data).toBe('joined');
        await expectSilence(client, room);
      }
    });

    it('join one connection', async () => {
      const [user, room, later] = [unique('user'), unique('room'), unique('room')];
      const one = await server.open(`/channels?c=${room}&user=${user}`);
      const [connection] = await connectionsOf(user);
      const two = await server.open(`/channels?c=${room}&user=${user}`);

      await server.call('broadcast', 'subscribe', { connection: connection!.id }, later);
      await publish('toChannel', later, { data: 'joined' });

      expect((await one.next()).data).toBe('joined');
      await expectSilence(two, room);
    });

    it('are made by the connection itself too', async () => {
      const [user, room, later] = [unique('user'), unique('room'), unique('room')];
      const client = await server.open(`/channels?c=${room}&user=${user}`);
      const [connection] = await connectionsOf(user);

      await server.call('join', connection!.id, later);
      await publish('toChannel', later, { data: 'joined' });
      await server.call('leave', connection!.id, later);
      await publish('toChannel', later, { data: 'left' });

      expect((await client.next()).data).toBe('joined');
      await expectSilence(client, room);
    });

    it('are refused where the application does not authorise them', async () => {
      const [user, room] = [unique('user'), unique('room')];
      const client = await server.open(`/channels?c=${room}&user=${user}`);
      const [connection] = await connectionsOf(user);

      await expect(server.call('join', connection!.id, 'secret.plans')).rejects.toThrow();
      await publish('toChannel', 'secret.plans', { data: 'psst' });

      await expectSilence(client, room);
    });
  });

  describe('authorisation of channels', () => {
    it('answers 403 at open', async () => {
      const client = await server.open(`/channels?c=secret.${unique()}&user=${unique('user')}`);

      expect(client.status).toBe(403);
      expect((await server.call('stats')).active).toBe(0);
    });

    it('lets those in who may', async () => {
      const room = unique('secret.');
      const client = await server.open(`/channels?c=${room}&user=${unique('user')}&permissions=secrets`);

      await publish('toChannel', room, { data: 'psst' });

      expect((await client.next()).data).toBe('psst');
    });

    it('is asked anew when the identity changes: the channel is left, the permission heard', async () => {
      const [user, room, permission] = [unique('user'), unique('room'), unique('perm')];
      const secret = unique('secret.');
      const client = await server.open(`/channels?c=${room}&c=${secret}&user=${user}&permissions=secrets`);

      await server.call('broadcast', 'updateIdentity', user, { userId: user, permissions: [permission] });
      await publish('toChannel', secret, { data: 'psst' });
      await publish('toPermission', 'secrets', { data: 'psst' });
      await publish('toPermission', permission, { data: 'welcome' });

      expect((await client.next()).data).toBe('welcome');
      expect(await connectionsOf(user)).toMatchObject([{ permissions: [permission] }]);
    });
  });

  it('keeps a connection with its user: an identity of another one is refused', async () => {
    const [user, room] = [unique('user'), unique('room')];
    const client = await server.open(`/channels?c=${room}&user=${user}`);

    await expect(
      server.call('broadcast', 'updateIdentity', user, { userId: unique('user'), permissions: ['admin'] }),
    ).rejects.toMatchObject({ name: 'SseError' });
    await publish('toPermission', 'admin', { data: 'psst' });

    await expectSilence(client, room);
    expect(await connectionsOf(user)).toMatchObject([{ permissions: [] }]);
  });

  describe('disconnect()', () => {
    it.each([
      ['a user', (user: string) => ({ user })],
      ['a connection', (_user: string, connection: string) => ({ connection })],
    ])('ends the streams of %s for good, with the reason that the application gave', async (_name, targetOf) => {
      const [user, room] = [unique('user'), unique('room')];
      const client = await server.open(`/channels?c=${room}&user=${user}`);
      const other = await server.open(`/channels?c=${room}&user=${unique('user')}`);
      const [connection] = await connectionsOf(user);

      await server.call('broadcast', 'disconnect', targetOf(user, connection!.id), 'banned');

      const [end] = await client.untilClosed();
      expect(end).toMatchObject({ type: 'sse:end' });
      expect(end?.json()).toEqual({ reason: 'banned' });
      expect((await server.noted('closed', user)).detail).toMatchObject({ reason: 'kicked' });
      const again = await server.open(`/channels?c=${room}&user=${user}`, {
        headers: { 'last-event-id': client.lastEventId },
      });
      expect(again.status).toBe(204);
      await expectSilence(other, room);
    });

    it("says 'kicked' without a reason", async () => {
      const [user, room] = [unique('user'), unique('room')];
      const client = await server.open(`/channels?c=${room}&user=${user}`);

      await server.call('broadcast', 'disconnect', { user });

      expect((await client.untilClosed())[0]?.json()).toEqual({ reason: 'kicked' });
    });

    it('keeps the order: what was published before it arrives', async () => {
      const [user, room] = [unique('user'), unique('room')];
      const client = await server.open(`/channels?c=${room}&user=${user}`);

      await server.call('broadcastAll', [
        ['toChannel', room, { data: 'last words' }],
        ['disconnect', { user }],
      ]);

      expect((await client.untilClosed()).map(({ type }) => type)).toEqual(['message', 'sse:end']);
    });
  });

  describe('an event that can not be sent', () => {
    it.each([
      ['a type with a line feed', { type: 'a\nb', data: 1 }, 'SSE_EVENT_TYPE'],
      ['a type with a NUL', { type: 'a\0b', data: 1 }, 'SSE_EVENT_TYPE'],
      ['a type of ours', { type: 'sse:end', data: 1 }, 'SSE_EVENT_TYPE'],
      ['an id of its own', { id: '7', data: 1 }, 'SSE_EVENT_ID'],
      ['too many bytes', { data: 'x'.repeat(262_145) }, 'SSE_EVENT_TOO_LARGE'],
      ['a retry that is no number of milliseconds', { retry: -1, data: 1 }, 'SSE_EVENT_RETRY'],
    ])('fails for the caller and touches no stream: %s', async (_name, event, code) => {
      const room = unique('room');
      const [client] = await listeners(server, [room]);

      await expect(server.call('broadcast', 'toChannel', room, event)).rejects.toMatchObject({
        name: 'SseEventError',
        code,
      });

      await expectSilence(client!, room);
    });

    it.each(['toChannel', 'toUser', 'toPermission'] as const)('fails in %s() as well', async (method) => {
      await expect(server.call('broadcast', method, unique(), { type: 'a\rb' })).rejects.toMatchObject({
        name: 'SseEventError',
      });
    });

    it('fails in send() on a stream of channels, whose ids belong to the backplane', async () => {
      const [user, room] = [unique('user'), unique('room')];
      const client = await server.open(`/channels?c=${room}&user=${user}`);
      const [connection] = await connectionsOf(user);

      await expect(server.call('sendTo', connection!.id, { id: '7', data: 'x' })).rejects.toMatchObject({
        name: 'SseEventError',
        code: 'SSE_EVENT_ID',
      });
      await server.call('sendTo', connection!.id, { data: 'without' });

      expect((await client.next()).data).toBe('without');
    });

    it('fails for a channel that is kept for audiences', async () => {
      await expect(server.call('broadcast', 'toChannel', '$all', { data: 1 })).rejects.toThrow(/\$/);
    });
  });

  async function publish(
    ...call: Parameters<typeof server.call<'broadcast'>> extends [unknown, ...infer A] ? A : never
  ) {
    return (await server.call('broadcast', ...call)) as { id?: string };
  }

  async function connectionsOf(user: string): Promise<{ id: string; permissions: string[] }[]> {
    return (await server.call('byUser', user)) as { id: string; permissions: string[] }[];
  }

  /** The next thing that this client hears is a probe sent after everything else. */
  async function expectSilence(client: SseTestClient, room: string): Promise<void> {
    await publish('toChannel', room, { type: 'probe' });
    await client.next({ type: 'probe' });
  }
});

async function listeners(server: TestServer, ...rooms: string[][]): Promise<SseTestClient[]> {
  return Promise.all(rooms.map((names) => server.open(`/channels?${names.map((name) => `c=${name}`).join('&')}`)));
}
