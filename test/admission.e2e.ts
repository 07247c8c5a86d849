import { describe, expect, it } from '@jest/globals';
import { type SseTestClient } from 'nestjs-event-stream/testing';
import { ONE_OF_EACH, ONE_OF_EACH_NEST } from './harness/matrix.js';
import { unique, useServer } from './harness/use-server.js';

const BROWSER = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)', 'sec-fetch-mode': 'cors' };

// A2 and A3.
describe.each(ONE_OF_EACH)('admission ($name)', (target) => {
  const server = useServer(target, { options: { connections: { retryAfter: 4_000 } } });

  describe('at the maximum', () => {
    it('refuses before the handler runs, with 503 and a jittered Retry-After, through the exception filters', async () => {
      const open = [await server.open('/limits/max'), await server.open('/limits/max')];
      const key = unique();
      const { refused } = await server.call('stats');

      const client = await server.open(`/limits/max?key=${key}`);

      expect(open.map(({ status }) => status)).toEqual([200, 200]);
      expect(client.status).toBe(503);
      expect(JSON.parse(await client.text())).toMatchObject({ statusCode: 503 });
      expectRetryAfter(client, 4_000);
      expect(server.notesOf(key, 'ran')).toEqual([]);
      expect((await server.call('stats')).refused).toBe(refused + 1);
    });

    it("tells a browser's EventSource when to come back, since it would give up for good on a 503", async () => {
      await server.open('/limits/max');
      await server.open('/limits/max');
      const key = unique();

      const client = await server.open(`/limits/max?key=${key}`, { headers: BROWSER });

      expect(client.status).toBe(200);
      expect(client.headers.get('content-type')).toBe('text/event-stream');
      expect(await client.text()).toMatch(/^retry: \d+\n\n$/);
      expect(client.retry).toBeGreaterThanOrEqual(2_000);
      expect(client.retry).toBeLessThanOrEqual(6_000);
      expect(await client.closed).toBe('ended');
      expect(server.notesOf(key, 'ran')).toEqual([]);
    });

    it.each([
      ['a browser that fetches JSON', 'GET', { ...BROWSER, accept: 'application/json, text/event-stream' }],
      ['a program', 'GET', { 'user-agent': 'curl/8.0' }],
    ])('gives everyone else a status: %s', async (_name, method, headers) => {
      await server.open('/limits/max');
      await server.open('/limits/max');

      expect((await server.open('/limits/max', { method, headers })).status).toBe(503);
    });

    it.each([
      ['status', '/limits/max-status', BROWSER, 503],
      ['retry', '/limits/max-retry', {}, 200],
    ])("refuses in the one way that the route's option names: %s", async (_name, path, headers, status) => {
      const first = await server.open(path);
      const second = await server.open(path, { headers });

      expect([first.status, second.status]).toEqual([200, status]);
    });

    it('gives a status to a POST, also of a browser', async () => {
      await server.open('/limits/max-post', { method: 'POST' });

      expect((await server.open('/limits/max-post', { method: 'POST', headers: BROWSER })).status).toBe(503);
    });

    it('still tells a client whose stream has ended for good that there is nothing to come back for', async () => {
      const user = unique('user');
      const ended = await server.open(`/limits/max?user=${user}`);
      await server.noted('opened$', user);
      await server.call('closeUser', user);
      await ended.closed;
      await server.open('/limits/max');
      await server.open('/limits/max');

      const back = await server.open('/limits/max', { headers: { 'last-event-id': ended.lastEventId } });

      expect(back.status).toBe(204);
    });

    it('lets the next one in when a client has gone', async () => {
      const first = await server.open('/limits/max');
      await server.open('/limits/max');
      await first.close();

      expect((await openWhenThereIsPlace('/limits/max')).status).toBe(200);
    });
  });

  describe('a reserved place', () => {
    it('is given back when the handler throws', async () => {
      for (let times = 0; times < 3; times++) {
        expect((await server.open('/limits/one?then=throw')).status).toBe(404);
      }

      expect((await server.open(`/limits/one?then=open&key=${unique()}`)).status).toBe(200);
    });

    it('is held while the handler awaits, and given back when the client leaves meanwhile', async () => {
      const [key, other] = [unique(), unique()];
      const leaving = new AbortController();
      const opening = server.open(`/limits/one?then=wait&key=${key}`, { signal: leaving.signal });
      await server.noted('held', key);

      expect((await server.open(`/limits/one?key=${other}`)).status).toBe(503);
      leaving.abort();
      await expect(opening).rejects.toThrow();
      await openWhenThereIsPlace('/limits/one');

      expect(server.notesOf(other, 'ran')).toEqual([]);
      await server.call('release', key);
    });
  });

  describe('per user', () => {
    it("rejects the new one with 429 with onUserLimit 'reject'", async () => {
      const [user, key] = [unique('user'), unique()];
      await server.open(`/limits/user-reject?user=${user}`);
      await server.open(`/limits/user-reject?user=${user}`);

      const third = await server.open(`/limits/user-reject?user=${user}&key=${key}`);
      const neighbour = await server.open(`/limits/user-reject?user=${unique('user')}`);

      expect(third.status).toBe(429);
      expectRetryAfter(third, 4_000);
      expect(server.notesOf(key, 'ran')).toEqual([]);
      expect(neighbour.status).toBe(200);
    });

    it("counts the route's own connections only", async () => {
      const user = unique('user');
      for (let n = 0; n < 3; n++) await server.open(`/kinds/channels/${user}?user=${user}`);

      expect((await server.open(`/limits/user-reject?user=${user}`)).status).toBe(200);
    });

    it('does not limit those without a user', async () => {
      for (let n = 0; n < 3; n++) expect((await server.open('/limits/user-reject')).status).toBe(200);
    });

    it("replaces the user's oldest with 'replace-oldest'", async () => {
      const [user, key] = [unique('user'), unique()];
      const first = await server.open(`/limits/user-replace?user=${user}&key=${key}`);
      const second = await server.open(`/limits/user-replace?user=${user}&key=${key}`);

      const third = await server.open(`/limits/user-replace?user=${user}&key=${key}`);

      expect((await first.untilClosed()).map((event) => [event.type, event.json()])).toEqual([
        ['sse:end', { reason: 'replaced' }],
      ]);
      expect((await server.noted('closed', user)).detail).toMatchObject({ reason: 'replaced' });
      await server.noted('subscribed', key, 3);
      await server.call('emit', key, 'alive');
      expect((await second.next()).data).toBe('alive');
      expect((await third.next()).data).toBe('alive');
    });

    // cluesmith/codev #1126: evicting the oldest starts a storm of reconnects.
    it('does not let the replaced one come back and fight', async () => {
      const user = unique('user');
      const clients: SseTestClient[] = [];
      for (let n = 0; n < 3; n++) clients.push(await server.open(`/limits/user-replace?user=${user}`));
      await clients[0]!.closed;

      const back = await server.open(`/limits/user-replace?user=${user}`, {
        headers: { 'last-event-id': clients[0]!.lastEventId },
      });

      expect(back.status).toBe(204);
      expect(await server.call('byUser', user)).toHaveLength(2);
      expect(server.notesOf(user, 'closed')).toHaveLength(1);
    });
  });

  it('per IP refuses with 429, before the handler runs', async () => {
    const key = unique();
    const first = [await server.open('/limits/ip'), await server.open('/limits/ip')];

    const third = await server.open(`/limits/ip?key=${key}`);

    expect(first.map(({ status }) => status)).toEqual([200, 200]);
    expect(third.status).toBe(429);
    expectRetryAfter(third, 4_000);
    expect(server.notesOf(key, 'ran')).toEqual([]);
    await first[0]!.close();
    await openWhenThereIsPlace('/limits/ip');
  });

  function expectRetryAfter(client: SseTestClient, milliseconds: number): void {
    const seconds = Number(client.headers.get('retry-after'));
    expect(seconds).toBeGreaterThanOrEqual(Math.floor((milliseconds * 0.5) / 1_000));
    expect(seconds).toBeLessThanOrEqual(Math.ceil((milliseconds * 1.5) / 1_000));
  }

  /** The server hears of a client's end a moment after the client does. */
  async function openWhenThereIsPlace(path: string): Promise<SseTestClient> {
    for (let tries = 0; tries < 500; tries++) {
      const client = await server.open(path);
      if (client.status === 200) return client;
    }
    throw new Error(`No place of ${path} was given back`);
  }
});

describe.each(ONE_OF_EACH_NEST)('the maximum of the whole process ($name)', (target) => {
  const server = useServer(target, { options: { connections: { max: 3, maxPerUser: 1, onUserLimit: 'reject' } } });

  it('counts the streams of all routes together, and knows the peak', async () => {
    for (const kind of ['subject', 'iterable', 'readable']) {
      expect((await server.open(`/sources/${kind}?key=${unique()}`)).status).toBe(200);
    }

    expect((await server.open('/kinds/observable')).status).toBe(503);
    expect(await server.call('stats')).toMatchObject({ active: 3, peak: 3 });
  });

  it('counts the streams of a user on all routes together', async () => {
    const user = unique('user');
    await server.open(`/sources/subject?user=${user}&key=${unique()}`);

    expect((await server.open(`/channels?c=x&user=${user}`)).status).toBe(429);
  });
});
