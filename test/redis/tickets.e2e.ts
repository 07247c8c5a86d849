import { afterEach, describe, expect, it } from '@jest/globals';
import { type SseTestInit } from 'nestjs-event-stream/testing';
import { cursorOf, from } from '../harness/cursor.js';
import { ONE_OF_EACH_NEST } from '../harness/matrix.js';
import { type ServerConfig, TestServer } from '../harness/test-server.js';
import { unique } from '../harness/use-server.js';
import { useRedis } from './use-redis.js';

const { redis, link } = useRedis();
const BROWSER = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)', 'sec-fetch-mode': 'cors' };
/** A node that does not hear of Redis for so long says so. */
const PUBLISH_TIMEOUT = 300;

// E2, with every node a process of its own: the first on one version of Nest, the second on the other.
describe('A stream ticket on two nodes', () => {
  const servers: TestServer[] = [];
  let started = 0;
  afterEach(async () => {
    started = 0;
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });
  async function start({ url }: { url: string }, config: ServerConfig = {}): Promise<TestServer> {
    const target = ONE_OF_EACH_NEST[started++ % ONE_OF_EACH_NEST.length]!;
    const server = await TestServer.start(target, { redis: { url, publishTimeout: PUBLISH_TIMEOUT }, ...config });
    servers.push(server);
    return server;
  }
  const issue = (server: TestServer, options: object = {}, user: object = {}) =>
    server.call('issueTicket', { userId: unique('user'), ...user }, options);
  const open = (server: TestServer, ticket: string, room = 'news', init: SseTestInit = {}) =>
    server.open(`/tickets?c=${room}&ticket=${ticket}`, init);

  it.each([
    ['and stays good', {}],
    ['and is good once', { oneUse: true }],
  ])('used on both at the same moment opens one stream, %s', async (_name, options) => {
    const { url } = await redis();
    const nodes = [await start({ url }), await start({ url })];
    const outcomes: string[] = [];
    for (let batch = 0; batch < 10; batch++) {
      const tickets = await Promise.all(Array.from({ length: 20 }, (_, index) => issue(nodes[index % 2]!, options)));
      const statuses = tickets.map(async (ticket) => {
        const clients = await Promise.all(nodes.map((node) => open(node, ticket)));
        return clients.map(({ status }) => status).sort();
      });
      outcomes.push(...(await Promise.all(statuses)).map(String));
      await Promise.all(nodes.map((node) => node.closeClients()));
    }
    expect(outcomes).toHaveLength(200);
    expect(new Set(outcomes)).toEqual(new Set(['200,401']));
  });

  it('is good on the other node when the first was killed, and nothing is missed', async () => {
    const { url } = await redis();
    const [one, two] = [await start({ url }), await start({ url })];
    const [ticket, room] = [await issue(one), unique('room')];
    const client = await open(one, ticket, room);
    const cursor = await cursorOf(client);
    one.signal('SIGKILL');
    await one.exited();
    await two.call('burst', room, 3);

    // Nobody but who comes back can know that the node is dead.
    expect((await open(two, ticket, room)).status).toBe(401);
    const back = await open(two, ticket, room, from(cursor));

    expect(back.status).toBe(200);
    expect((await back.take(3)).map((event) => event.json<{ n: number }>().n)).toEqual([0, 1, 2]);
  });

  it('is good on the other node at once when the first has shut down, also without a cursor', async () => {
    const { url } = await redis();
    const [one, two] = [await start({ url }), await start({ url })];
    const tickets = await Promise.all(Array.from({ length: 20 }, () => issue(one)));
    const clients = await Promise.all(tickets.map((ticket) => open(one, ticket)));

    void one.call('shutDown').catch(() => undefined);
    for (const client of clients) await client.untilClosed();
    await one.exited();

    for (const ticket of tickets) expect((await open(two, ticket)).status).toBe(200);
  });

  it('takes the place of its stream on the other node, whose client is told for good', async () => {
    const { url } = await redis();
    const [one, two] = [await start({ url }), await start({ url })];
    const [ticket, room] = [await issue(one), unique('room')];
    const first = await open(one, ticket, room);

    const second = await open(two, ticket, room, from(await cursorOf(first)));

    expect(second.status).toBe(200);
    expect((await first.untilClosed()).at(-1)).toMatchObject({ type: 'sse:end', data: '{"reason":"replaced"}' });
    expect((await open(one, ticket, room)).status).toBe(401);
    await one.call('broadcast', 'toChannel', room, { data: 'here' });
    expect((await second.next()).data).toBe('here');
  });

  it('leaves one stream open when it comes back to both at the same moment', async () => {
    const { url } = await redis();
    const nodes = [await start({ url }), await start({ url })];
    for (let round = 0; round < 10; round++) {
      const user = unique('user');
      const ticket = await issue(nodes[0]!, {}, { userId: user });
      const cursor = await cursorOf(await open(nodes[0]!, ticket));

      const back = await Promise.all(nodes.map((node) => open(node, ticket, 'news', from(cursor))));

      expect(back.some(({ status }) => status === 200)).toBe(true);
      let count = Infinity;
      for (const deadline = performance.now() + 5_000; count > 1 && performance.now() < deadline;) {
        const lists = await Promise.all(nodes.map((node) => node.call('byUser', user)));
        count = lists.flat().length;
      }
      expect(count).toBe(1);
    }
  });

  it('that was guessed, is for another route, was revoked or has run out is refused on every node', async () => {
    const { url } = await redis();
    const [one, two] = [await start({ url }), await start({ url })];
    const user = unique('user');
    const revoked = await issue(one, {}, { userId: user });
    await two.call('broadcast', 'disconnect', { user });
    const late = await issue(one, { ttl: 50 });
    const refused = [revoked, 'a'.repeat(43), await issue(one, { route: '/elsewhere' })];

    for (const ticket of refused) {
      for (const node of [one, two]) expect((await open(node, ticket)).status).toBe(401);
    }
    await new Promise((resolve) => setTimeout(resolve, 60));
    for (const node of [one, two]) expect((await open(node, late)).status).toBe(401);
  });

  it('is refused with 503, or a time to come back, while Redis is away, and is good when it is back', async () => {
    const server = await redis();
    const line = await link(server);
    const node = await start(line);
    const ticket = await issue(node);
    line.cut();

    const refused = await open(node, ticket);
    const browser = await open(node, ticket, 'news', { headers: BROWSER });

    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(JSON.parse(await refused.text())).toMatchObject({ statusCode: 503, code: 'SSE_TICKET' });
    expect(browser.status).toBe(200);
    expect(await browser.text()).toMatch(/^retry: \d+\n\n$/);
    line.mend();
    let status = 503;
    while (status === 503) ({ status } = await open(node, ticket));
    expect(status).toBe(200);
  });

  it('gets a time to come back also where a guard behind it asks for permissions', async () => {
    const server = await redis();
    const line = await link(server);
    const node = await start(line);
    const ticket = await issue(node);
    expect((await node.open('/tickets/permitted', { headers: BROWSER })).status).toBe(401);
    line.cut();

    const browser = await node.open(`/tickets/permitted?ticket=${ticket}`, { headers: BROWSER });

    expect(browser.status).toBe(200);
    expect(await browser.text()).toMatch(/^retry: \d+\n\n$/);
  });

  it('stays good when Redis was away while its stream ended', async () => {
    const server = await redis();
    const line = await link(server);
    const node = await start(line);
    const user = unique('user');
    const ticket = await issue(node, {}, { userId: user });
    const client = await open(node, ticket);
    const cursor = await cursorOf(client);
    line.cut();
    await client.close();
    await node.noted('closed$', user);
    line.mend();

    let status = 503;
    while (status === 503) ({ status } = await open(node, ticket, 'news', from(cursor)));
    expect(status).toBe(200);
  });

  it('is nowhere in Redis', async () => {
    const server = await redis();
    const node = await start(server);
    const tickets = [await issue(node), await issue(node)];
    await open(node, tickets[0]!);

    const keys = [...(await server.command('KEYS', '*ticket*')).matchAll(/^[^$*\r\n].*$/gm)].map(([key]) => key.trim());
    const values = await server.command('MGET', ...keys);

    expect(keys.length).toBeGreaterThanOrEqual(3);
    for (const ticket of tickets) expect(keys.join() + values).not.toContain(ticket);
    for (const key of keys) expect(await server.command('PTTL', key)).toMatch(/^:\d+/);
  });
});
