import { describe, expect, it } from '@jest/globals';
import { ONE_OF_EACH } from './harness/matrix.js';
import { unique, useServer } from './harness/use-server.js';

const seconds = (ahead = 0) => Date.now() / 1_000 + ahead;

// E3: ended for good, whatever the client does then.
describe.each(ONE_OF_EACH)('somebody who was revoked ($name)', (target) => {
  const server = useServer(target);

  it('by his token: its streams end for good, and it opens none any more; others of the user go on', async () => {
    const [user, token, room] = [unique('user'), unique('token'), unique('room')];
    const path = (jti: string) => `/channels?c=${room}&user=${user}&jti=${jti}&iat=${seconds(-60)}`;
    const client = await server.open(path(token));
    const other = await server.open(path(unique('token')));

    await server.call('broadcast', 'disconnect', { token });

    const [end] = await client.untilClosed();
    expect(end).toMatchObject({ type: 'sse:end' });
    expect(end?.json()).toEqual({ reason: 'revoked' });
    expect((await server.noted('closed', user)).detail).toMatchObject({ reason: 'revoked' });
    const again = await server.open(path(token));
    expect(again.status).toBe(401);
    expect(JSON.parse(await again.text())).toEqual({
      statusCode: 401,
      code: 'SSE_REVOKED',
      message: 'Your session was ended: sign in again.',
    });
    await server.call('broadcast', 'toChannel', room, { data: 'still here' });
    expect((await other.next()).data).toBe('still here');
  });

  it('as a user: none of his tokens from before opens a stream, and a newer one does', async () => {
    const user = unique('user');
    const path = (iat: number) => `/channels?c=room&user=${user}&iat=${iat}`;
    const client = await server.open(path(seconds(-60)));

    await server.call('broadcast', 'disconnect', { user }, 'banned');

    expect((await client.untilClosed())[0]?.json()).toEqual({ reason: 'banned' });
    expect((await server.open(path(seconds(-60)))).status).toBe(401);
    expect((await server.open(path(seconds(1)))).status).toBe(200);
  });

  it('is refused while he opens a stream, before the handler has answered', async () => {
    const [key, user] = [unique(), unique('user')];
    const opening = server.open(`/sources/held-by-handler?key=${key}&user=${user}&iat=${seconds(-60)}`);
    await server.noted('held', key);

    await server.call('broadcast', 'disconnect', { user });
    await server.call('release', key);

    expect((await opening).status).toBe(403);
  });

  it('before the handler runs: nothing is begun for him', async () => {
    const [key, user] = [unique(), unique('user')];
    await server.call('broadcast', 'disconnect', { user });

    const refused = await server.open(`/sources/subject?key=${key}&user=${user}&iat=${seconds(-60)}`);

    expect(refused.status).toBe(401);
    expect(server.notesOf(key)).toEqual([]);
  });

  it.each([1e20, -1e20, Date.now()])('by a token whose time can not be: %d', async (iat) => {
    const user = unique('user');
    const path = `/channels?c=room&user=${user}&iat=${iat}`;
    const client = await server.open(path);

    await server.call('broadcast', 'disconnect', { user });

    expect((await client.untilClosed()).at(-1)?.type).toBe('sse:end');
    expect((await server.open(path)).status).toBe(401);
  });

  it('by a token without a time of its own: it counts as one from before', async () => {
    const user = unique('user');
    const path = `/channels?c=room&user=${user}&exp=${seconds(600)}`;

    await server.call('broadcast', 'disconnect', { user });

    expect((await server.open(path)).status).toBe(401);
  });

  it('is not taken for somebody who has no token: his session is the application\u2019s affair', async () => {
    const user = unique('user');

    await server.call('broadcast', 'disconnect', { user });

    expect((await server.open(`/channels?c=room&user=${user}`)).status).toBe(200);
  });

  it('by one connection alone: the user may come back', async () => {
    const user = unique('user');
    const path = `/channels?c=room&user=${user}&iat=${seconds(-60)}`;
    const client = await server.open(path);
    const [connection] = (await server.call('byUser', user)) as { id: string }[];

    await server.call('broadcast', 'disconnect', { connection: connection!.id });

    await client.untilClosed();
    expect((await server.open(path)).status).toBe(200);
  });
});
