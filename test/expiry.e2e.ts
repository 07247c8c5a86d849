import { describe, expect, it } from '@jest/globals';
import { ONE_OF_EACH, ONE_OF_EACH_NEST } from './harness/matrix.js';
import { unique, useServer } from './harness/use-server.js';

const seconds = (ahead: number) => Date.now() / 1_000 + ahead;

// E3: plainly, since the client may have a newer token by now.
describe.each(ONE_OF_EACH)('a stream whose token expires ($name)', (target) => {
  const server = useServer(target, { options: { connections: { expiringNotice: 600, retry: 700 } } });

  it('is told ahead, gets a farewell with the time to come back, and may come back with a newer token', async () => {
    const user = unique('user');
    const exp = seconds(1.2);
    const client = await server.open(`/channels?c=room&user=${user}&exp=${exp}`);

    const [notice, farewell] = await client.untilClosed();

    expect(notice?.type).toBe('sse:expiring');
    expect(notice?.json()).toEqual({ at: new Date(exp * 1_000).toISOString() });
    expect(farewell?.type).toBe('sse:closing');
    expect(farewell?.json()).toEqual({ reason: 'expired' });
    expect(client.retry).toBe(700);
    expect(Date.now()).toBeGreaterThanOrEqual(exp * 1_000);
    expect((await server.noted('closed', user)).detail).toMatchObject({ reason: 'expired' });

    const headers = { 'last-event-id': client.lastEventId };
    const old = await server.open(`/channels?c=room&user=${user}&exp=${exp}`, { headers });
    expect(old.status).toBe(401);
    expect(JSON.parse(await old.text())).toMatchObject({ code: 'SSE_EXPIRED' });
    const renewed = await server.open(`/channels?c=room&user=${user}&exp=${seconds(600)}`, { headers });
    expect(renewed.status).toBe(200);
  });

  it('lives as long as the newer token that updateIdentity() gave it', async () => {
    const [user, room] = [unique('user'), unique('room')];
    const exp = seconds(1);
    const client = await server.open(`/channels?c=${room}&user=${user}&exp=${exp}`);
    const short = await server.open(`/channels?c=${room}&user=${unique('user')}&exp=${exp}`);

    const expiresAt = new Date(Date.now() + 600_000);
    await server.call('broadcast', 'updateIdentity', user, { userId: user, permissions: [], expiresAt });

    await short.untilClosed();
    await server.call('broadcast', 'toChannel', room, { data: 'later' });
    expect((await client.next()).data).toBe('later');
  });
});

describe.each(ONE_OF_EACH_NEST)('a stream whose permissions change ($name)', (target) => {
  const server = useServer(target, { options: { connections: { expiringNotice: null } } });

  it('ends with its token all the same, and with its revocation', async () => {
    const [user, token] = [unique('user'), unique('token')];
    const path = `/channels?c=room&user=${user}&jti=${token}`;
    const short = await server.open(`${path}&exp=${seconds(1)}`);
    const long = await server.open(`${path}&exp=${seconds(600)}`);

    await server.call('broadcast', 'updateIdentity', user, { userId: user, permissions: ['more'] });

    expect((await short.untilClosed()).at(-1)?.json()).toEqual({ reason: 'expired' });
    await server.call('broadcast', 'disconnect', { token });
    expect((await long.untilClosed()).at(-1)?.json()).toEqual({ reason: 'revoked' });
  });

  it('for one token are those of its streams alone', async () => {
    const [user, room] = [unique('user'), unique('room')];
    const open = (jti: string) => server.open(`/channels?c=${room}&user=${user}&jti=${jti}`);
    const [mine, other] = [await open('mine'), await open('other')];

    const identity = { userId: user, permissions: ['more'], tokenId: 'mine' };
    await server.call('broadcast', 'updateIdentity', user, identity);
    await server.call('broadcast', 'toPermission', 'more', { data: 'for one' });
    await server.call('broadcast', 'toChannel', room, { data: 'for both' });

    expect((await mine.take(2)).map(({ data }) => data)).toEqual(['for one', 'for both']);
    expect((await other.next()).data).toBe('for both');
  });
});

describe.each(ONE_OF_EACH_NEST)('a stream whose token expires, without notice ($name)', (target) => {
  const server = useServer(target, { options: { connections: { expiringNotice: null } } });

  it('gets the farewell alone', async () => {
    const client = await server.open(`/channels?c=room&user=${unique('user')}&exp=${seconds(0.5)}`);
    expect((await client.untilClosed()).map(({ type }) => type)).toEqual(['sse:closing']);
  });

  it('gets nothing of ours where it is raw', async () => {
    const [key, user] = [unique(), unique('user')];
    const client = await server.open(`/channels/lobby-raw?id=${key}&user=${user}&exp=${seconds(0.5)}`);
    expect(await client.untilClosed()).toEqual([]);
    expect((await server.noted('closed', user)).detail).toMatchObject({ reason: 'expired' });
  });

  it('tells a token that ends at a time beyond what a timer holds from one that has ended', async () => {
    const client = await server.open(`/channels?c=far&user=${unique('user')}&exp=${seconds(100 * 365 * 86_400)}`);
    await server.call('broadcast', 'toChannel', 'far', { data: 'here' });
    expect((await client.next()).data).toBe('here');
  });
});
