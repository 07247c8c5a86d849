import { describe, expect, it } from '@jest/globals';
import { type SseTestClient } from 'nestjs-event-stream/testing';
import { from } from './harness/cursor.js';
import { HTTP1, ONE_OF_EACH, ONE_OF_EACH_NEST } from './harness/matrix.js';
import { RawSocket } from './harness/raw-socket.js';
import { type TestServer } from './harness/test-server.js';
import { unique, useServer } from './harness/use-server.js';

const REFUSED = { statusCode: 401, code: 'SSE_TICKET', message: 'This needs a valid ticket: get a new one.' };
const A_TICKET = /^[\w-]{43}$/;

/** Tickets that the requests of a test bring, and a way to open streams by them. */
function ticketsOf(server: TestServer) {
  return {
    issue: (options: object = {}, user: object = {}) =>
      server.call('issueTicket', { userId: unique('user'), ...user }, options),
    open: (ticket: string, path = '/tickets?c=news', init = {}) =>
      server.open(`${path}${path.includes('?') ? '&' : '?'}ticket=${ticket}`, init),
  };
}

async function expectRefused(client: SseTestClient): Promise<void> {
  expect(client.status).toBe(401);
  expect(JSON.parse(await client.text())).toEqual(REFUSED);
}

// E2.
describe.each(ONE_OF_EACH)('a stream ticket ($name)', (target) => {
  const server = useServer(target);
  const { issue, open } = ticketsOf(server);

  it('opens a stream, which is that of its identity', async () => {
    const now = Date.now();
    const ticket = await server.call('issueTicket', {
      userId: 'ann',
      permissions: ['sse:read'],
      issuedIn: -60_000,
      tokenId: 'token-7',
      expiresIn: 600_000,
      user: { name: 'Ann' },
    });

    const client = await open(ticket, '/tickets/who');

    expect(ticket).toMatch(A_TICKET);
    const identity = (await client.next({ type: 'who' })).json<{ expiresAt: string; issuedAt: string }>();
    expect(identity).toMatchObject({
      userId: 'ann',
      permissions: ['sse:read'],
      tokenId: 'token-7',
      user: { name: 'Ann', userId: 'ann' },
    });
    const passed = Date.now() - now;
    for (const [date, ahead] of [
      [identity.expiresAt, 600_000],
      [identity.issuedAt, -60_000],
    ] as const) {
      const off = Date.parse(date) - (now + ahead);
      expect(off).toBeGreaterThanOrEqual(-1);
      expect(off).toBeLessThanOrEqual(passed);
    }
  });

  it('is refused beside the stream that it has opened, and does not disturb it', async () => {
    const ticket = await issue();
    const room = unique('room');
    const client = await open(ticket, `/tickets?c=${room}`);

    await expectRefused(await open(ticket, `/tickets?c=${room}`));

    await server.call('broadcast', 'toChannel', room, { data: 'still here' });
    expect((await client.next()).data).toBe('still here');
  });

  it('used by many at the same moment opens one stream', async () => {
    const ticket = await issue();

    const clients = await Promise.all(Array.from({ length: 8 }, () => open(ticket)));

    expect(clients.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(7).fill(401)]);
  });

  it('is good for reconnects after the end of its stream, also of one whose events have no ids', async () => {
    const user = unique('user');
    const ticket = await issue({}, { userId: user });
    for (let times = 1; times <= 3; times++) {
      const client = await open(ticket, `/tickets/without-ids?key=${unique()}`);
      expect(client.status).toBe(200);
      await client.close();
      await server.noted('closed$', user, times);
    }
  });

  it('takes the place of its own stream when it comes back before the end of that was noticed', async () => {
    const [user, room] = [unique('user'), unique('room')];
    const ticket = await issue({}, { userId: user });
    const first = await open(ticket, `/tickets?c=${room}`);
    await server.call('broadcast', 'toChannel', room, { data: 'one' });
    const { id } = await first.next();

    const second = await open(ticket, `/tickets?c=${room}`, from(id!));

    expect(second.status).toBe(200);
    const end = (await first.untilClosed()).at(-1);
    expect(end?.type).toBe('sse:end');
    expect(end?.json()).toEqual({ reason: 'replaced' });
    expect((await server.noted('closed$', user)).detail).toMatchObject({ reason: 'replaced' });
    await server.call('broadcast', 'toChannel', room, { data: 'two' });
    expect((await second.next()).data).toBe('two');
    await expectRefused(await open(ticket, `/tickets?c=${room}`));
  });

  it('leaves one stream open when it comes back twice at the same moment', async () => {
    const [user, room] = [unique('user'), unique('room')];
    const ticket = await issue({}, { userId: user });
    const first = await open(ticket, `/tickets?c=${room}`);
    await server.call('broadcast', 'toChannel', room, { data: 'one' });
    const { id } = await first.next();

    const again = await Promise.all([1, 2, 3].map(() => open(ticket, `/tickets?c=${room}`, from(id!))));

    expect(again.some(({ status }) => status === 200)).toBe(true);
    const opened = 1 + again.filter(({ status }) => status === 200).length;
    await server.noted('closed$', user, opened - 1);
    expect(await server.call('byUser', user)).toHaveLength(1);
  });

  it.each([
    ['none', ''],
    ['an empty one', '?ticket='],
    ['two', `?ticket=${'a'.repeat(43)}&ticket=${'b'.repeat(43)}`],
    ['a guessed one', `?ticket=${'a'.repeat(43)}`],
    ['a very long one', `?ticket=${'a'.repeat(4_000)}`],
    ['one that would be another key', '?ticket=revoked.user.ann'],
    ['one with a NUL', '?ticket=%00'],
  ])('is the only way in: %s is refused', async (_name, query) => {
    await expectRefused(await server.open(`/tickets/who${query}`));
  });

  it('is refused after its time, like one that never was', async () => {
    const ticket = await issue({ ttl: 1 });
    await server.call('settle');
    let client = await open(ticket);
    // A millisecond may not be over yet.
    while (client.status === 200) {
      await client.close();
      client = await open(await issue({ ttl: 1 }));
    }
    await expectRefused(client);
  });

  it('is refused once its token has expired, and is not issued for one that has', async () => {
    const ticket = await issue({}, { expiresIn: 300 });
    const client = await open(ticket);
    expect((await client.untilClosed()).at(-1)?.json()).toEqual({ reason: 'expired' });

    await expectRefused(await open(ticket));
    await expect(issue({}, { expiresIn: -1 })).rejects.toMatchObject({ code: 'SSE_TICKET' });
  });

  it('is refused when its user or its token was revoked, and when it was not used yet', async () => {
    const [user, token] = [unique('user'), unique('token')];
    const tickets = [await issue({}, { userId: user }), await issue({}, { tokenId: token })];
    const used = await issue({}, { userId: user });
    const client = await open(used);

    await server.call('broadcast', 'disconnect', { user });
    await server.call('broadcast', 'disconnect', { token });

    await client.untilClosed();
    for (const ticket of [...tickets, used]) await expectRefused(await open(ticket));
  });

  it('for one route is good there only', async () => {
    const ticket = await issue({ route: '/tickets/rooms/7' });

    for (const path of ['/tickets/rooms/8', '/tickets/rooms/7/', '/tickets?c=7', '/tickets/plain']) {
      const client = await open(ticket, path);
      if (path.startsWith('/tickets/rooms/7/') && client.status === 404) continue;
      await expectRefused(client);
    }

    expect((await open(ticket, '/tickets/rooms/7')).status).toBe(200);
  });

  it('that is good once opens one stream, and no reconnect of it', async () => {
    const [user, room] = [unique('user'), unique('room')];
    const ticket = await issue({ oneUse: true }, { userId: user });
    const client = await open(ticket, `/tickets?c=${room}`);
    await server.call('broadcast', 'toChannel', room, { data: 'one' });
    const { id } = await client.next();
    await expectRefused(await open(ticket, `/tickets?c=${room}`, from(id!)));
    await client.close();
    await server.noted('closed$', user);

    await expectRefused(await open(ticket, `/tickets?c=${room}`, from(id!)));
  });

  it.each([
    ['the handler throws', '/tickets/missing', 404],
    ['another guard refuses', '/tickets/guarded', 403],
    ['the client takes no event stream', '/tickets?c=x', 406],
  ])('is given back when %s', async (_name, path, status) => {
    const ticket = await issue({ oneUse: true });
    const init = status === 406 ? { headers: { accept: 'text/html' } } : {};

    for (let times = 0; times < 3; times++) {
      const client = await open(ticket, path, init);
      expect(client.status).toBe(status);
      await client.text();
    }

    expect((await open(ticket)).status).toBe(200);
  });

  it('is given back when there is no place, and when the client leaves before the stream opens', async () => {
    const holder = await open(await issue(), '/tickets/full');
    const ticket = await issue();
    const full = await open(ticket, '/tickets/full');
    expect(full.status).toBe(503);
    await full.text();
    const key = unique();
    const leaving = new AbortController();
    const opening = open(ticket, `/tickets/held?key=${key}`, { signal: leaving.signal });
    await server.noted('held', key);
    await expectRefused(await open(ticket));
    leaving.abort();
    await expect(opening).rejects.toThrow();

    await openOnceGivenBack(() => open(ticket));

    await server.call('release', key);
    await holder.close();
  });

  it('is looked at, and not used, by HEAD', async () => {
    const ticket = await issue({ oneUse: true });

    expect((await open(ticket, '/tickets?c=x', { method: 'HEAD' })).status).toBe(200);
    expect((await open('a'.repeat(43), '/tickets?c=x', { method: 'HEAD' })).status).toBe(401);
    expect((await open(ticket)).status).toBe(200);
  });

  it('is used by HEAD on a route that is no stream, where it is good for one request', async () => {
    const ticket = await issue();
    await open(ticket, '/tickets/plain', { method: 'HEAD' });
    await expectRefused(await open(ticket, '/tickets/plain'));
  });

  it('is used once by guards of a class and a method together', async () => {
    expect((await open(await issue(), '/tickets/guarded?allow=yes')).status).toBe(200);
  });

  it('opens streams of other methods', async () => {
    const ticket = await issue();
    expect((await open(ticket, '/tickets/posted', { method: 'POST' })).status).toBe(200);
    await expectRefused(await open(ticket, '/tickets/posted', { method: 'POST' }));
  });

  it('is good for one request to a route that is no stream', async () => {
    const ticket = await issue({}, { userId: 'ann' });
    const headers = { accept: 'application/json' };

    const answer = await open(ticket, '/tickets/plain', { headers });

    expect(JSON.parse(await answer.text())).toMatchObject({ userId: 'ann' });
    for (const path of ['/tickets/plain', '/tickets?c=x']) await expectRefused(await open(ticket, path));
  });

  it('is redeemed once by the application itself, and not after it has opened a stream', async () => {
    const ticket = await issue({}, { userId: 'ann' });
    const used = await issue();
    await open(used);

    const results = await Promise.all([1, 2, 3].map(() => server.call('redeemTicket', ticket)));

    expect(results.filter(Boolean)).toMatchObject([{ userId: 'ann' }]);
    expect(await server.call('redeemTicket', used)).toBeUndefined();
    expect(await server.call('redeemTicket', 'a'.repeat(43))).toBeUndefined();
    await expectRefused(await open(ticket));
  });

  it('for one route is redeemed for that route only', async () => {
    const ticket = await issue({ route: '/files/caf\u00e9' });

    expect(await server.call('redeemTicket', ticket)).toBeUndefined();
    expect(await server.call('redeemTicket', ticket, '/files/caf%C3%A9')).toBeDefined();
  });

  it('is nowhere in the log, which has the reason of each refusal', async () => {
    const ticket = await issue();
    await open(ticket);
    await expectRefused(await open(ticket));

    await server.printed(/Refused a request method=GET path=\/tickets address=\S+ reason="the ticket is in use/);
    expect(server.output).not.toContain(ticket);
    expect(server.output).not.toContain('ticket=');
  });

  it.each([
    ['an identity without a user', { userId: '' }, {}],
    ['a user that has no end as JSON', { user: { text: 'x'.repeat(20_000) } }, {}],
    ['a route with a query', {}, { route: '/rooms/7?x=1' }],
    ['a route that is none', {}, { route: 'rooms/7' }],
    ['a time that is none', {}, { ttl: 0 }],
  ])('is not issued for %s', async (_name, user, options) => {
    await expect(issue(options, user)).rejects.toMatchObject({ code: 'SSE_TICKET' });
  });

  it('brings back what updateIdentity() made of its identity while the stream was open', async () => {
    const user = unique('user');
    const ticket = await issue({}, { userId: user, permissions: ['secrets'] });
    const client = await open(ticket, '/tickets/who');
    await client.next({ type: 'who' });

    await server.call('broadcast', 'updateIdentity', user, { userId: user, permissions: [] });
    await client.close();
    await server.noted('closed$', user);

    const again = await open(ticket, '/tickets/who');
    expect((await again.next({ type: 'who' })).json()).toMatchObject({ permissions: [] });
  });

  /** What was given up by a client that has gone is given back when its end is noticed. */
  async function openOnceGivenBack(attempt: () => Promise<SseTestClient>): Promise<void> {
    const deadline = performance.now() + 5_000;
    let client = await attempt();
    while (client.status !== 200 && performance.now() < deadline) client = await attempt();
    expect(client.status).toBe(200);
  }
});

describe.each(ONE_OF_EACH_NEST)('a stream ticket whose time to come back is short ($name)', (target) => {
  const server = useServer(target, { options: { tickets: { reconnect: 300 } } });
  const { issue, open } = ticketsOf(server);

  it('is good for a reconnect until so long after the last end, and not beyond', async () => {
    const user = unique('user');
    const ticket = await issue({}, { userId: user });
    let ended = 0;
    let status = 200;
    // As soon as the end is noticed it is good; then ever later, until it is not.
    for (let wait = 0; status === 200; wait += 150) {
      const client = await open(ticket);
      ({ status } = client);
      await client.close();
      if (status === 200) await server.noted('closed$', user, ++ended);
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
    expect(status).toBe(401);
    expect(ended).toBeGreaterThanOrEqual(2);
  });

  it('does not run out while its stream is open', async () => {
    const [user, room] = [unique('user'), unique('room')];
    const ticket = await issue({ ttl: 200 }, { userId: user });
    const client = await open(ticket, `/tickets?c=${room}`);
    await new Promise((resolve) => setTimeout(resolve, 700));
    await client.close();
    await server.noted('closed$', user);
    expect((await open(ticket)).status).toBe(200);
  });
});

describe.each(ONE_OF_EACH_NEST)('stream tickets that are good once for everybody ($name)', (target) => {
  const server = useServer(target, { options: { tickets: { oneUse: true } } });
  const { issue, open } = ticketsOf(server);

  it('are good for reconnects only where that is said', async () => {
    for (const [options, status] of [
      [{}, 401],
      [{ oneUse: false }, 200],
    ] as const) {
      const user = unique('user');
      const ticket = await issue(options, { userId: user });
      await (await open(ticket)).close();
      await server.noted('closed$', user);
      expect((await open(ticket)).status).toBe(status);
    }
  });
});

describe.each(HTTP1)('a stream ticket on a connection that is kept alive ($name)', (target) => {
  const server = useServer(target);
  const { issue } = ticketsOf(server);

  it('is given back when the request that brings it waits behind another one, and the client goes', async () => {
    const ticket = await issue();
    const key = unique();
    const socket = await RawSocket.connect(server.port);
    server.clients.add(socket);
    socket.request(`GET /tickets?c=x&ticket=${await issue()}`).request(`GET /tickets/held?key=${key}&ticket=${ticket}`);
    await server.noted('held', key);
    socket.reset();

    const deadline = performance.now() + 5_000;
    let status = 401;
    while (status !== 200 && performance.now() < deadline) {
      const client = await server.open(`/tickets?c=x&ticket=${ticket}`);
      ({ status } = client);
    }
    expect(status).toBe(200);
    await server.call('release', key);
  });

  it('is used by the request that brings it, whatever else comes over the connection', async () => {
    const [first, second] = [await issue(), await issue()];
    const socket = await RawSocket.connect(server.port);
    server.clients.add(socket);
    socket.request(`GET /tickets/missing?ticket=${first}`);
    const { length } = await socket.answer();
    socket.request(`GET /tickets?c=x&ticket=${second}`);
    await socket.until(() => socket.answerSoFar(length) !== undefined);

    expect((await server.open(`/tickets?c=x&ticket=${first}`)).status).toBe(200);
    expect((await server.open(`/tickets?c=x&ticket=${second}`)).status).toBe(401);
  });
});
