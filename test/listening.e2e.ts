import { describe, expect, it } from '@jest/globals';
import { type SseTestClient } from 'nestjs-event-stream/testing';
import { ONE_OF_EACH } from './harness/matrix.js';
import { unique, useServer } from './harness/use-server.js';

// C1: a broadcast never falls into a stream that has its own source.
describe.each(ONE_OF_EACH)('who hears broadcasts ($name)', (target) => {
  const server = useServer(target);

  /** Publishes to every audience of the user, then feeds the source: what the client hears in between is the answer. */
  async function heard(path: string): Promise<string[]> {
    const [key, user, permission] = [unique(), unique('user'), unique('perm')];
    const client = await server.open(`${path}?key=${key}&c=${key}&user=${user}&permissions=${permission}`);
    if (path.includes('own')) await server.noted('subscribed', key);
    await server.call('broadcastAll', [
      ['broadcast', { data: 'all' }],
      ['toUser', user, { data: 'user' }],
      ['toPermission', permission, { data: 'permission' }],
      ['toChannel', key, { type: 'last', data: 'channel' }],
    ]);
    await server.call('emit', key, { type: 'last', data: 'source' });
    return untilLast(client);
  }

  it.each([
    ['a source of its own hears none', '/channels/own', ['source']],
    ['a source of its own that listens to everyone', '/channels/own-all', ['all', 'source']],
    ['a source of its own that listens for its user', '/channels/own-user', ['user', 'source']],
    ['a source of its own that listens for its permissions', '/channels/own-permissions', ['permission', 'source']],
    ['channels hear all of their audiences', '/channels', ['all', 'user', 'permission', 'channel']],
    ['channels that listen to no audience', '/channels/deaf', ['channel']],
  ])('%s', async (_name, path, expected) => {
    expect(await heard(path)).toEqual(expected);
  });

  it('never a token stream', async () => {
    const [key, user] = [unique(), unique('user')];
    const client = await server.open(`/sources/raw?key=${key}&user=${user}`, { method: 'POST' });
    await server.noted('subscribed', key);

    await server.call('broadcastAll', [
      ['broadcast', { data: 'all' }],
      ['toUser', user, { data: 'user' }],
    ]);
    await server.call('emit', key, 'token');
    await server.call('complete', key);

    expect((await client.untilClosed()).map(({ data }) => data)).toEqual(['token']);
  });

  it("and writes no id into a stream whose ids are the application's", async () => {
    const [key, user] = [unique(), unique('user')];
    const client = await server.open(`/channels/own-user?key=${key}&user=${user}`);
    await server.call('emit', key, { id: '41', data: 'source' });
    await server.call('broadcast', 'toUser', user, { data: 'user' });

    const [, fromUser] = await client.take(2);

    expect(fromUser).not.toHaveProperty('id');
    expect(client.lastEventId).toBe('41');
  });
});

async function untilLast(client: SseTestClient): Promise<string[]> {
  const heard: string[] = [];
  for (;;) {
    const { type, data } = await client.next();
    heard.push(data);
    if (type === 'last') return heard;
  }
}
