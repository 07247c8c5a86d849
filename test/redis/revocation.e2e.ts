import { afterEach, describe, expect, it } from '@jest/globals';
import { ONE_OF_EACH_NEST } from '../harness/matrix.js';
import { TestServer } from '../harness/test-server.js';
import { unique } from '../harness/use-server.js';
import { useRedis } from './use-redis.js';

const { redis, link } = useRedis();
const seconds = (ahead = 0) => Date.now() / 1_000 + ahead;

// The first node on one version of Nest, the second on the other.
describe('A revocation over nodes', () => {
  const servers: TestServer[] = [];
  let started = 0;
  afterEach(async () => {
    started = 0;
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });
  async function start(url: string): Promise<TestServer> {
    const target = ONE_OF_EACH_NEST[started++ % ONE_OF_EACH_NEST.length]!;
    const server = await TestServer.start(target, { redis: { url } });
    servers.push(server);
    return server;
  }

  it.each([
    ['a user', (user: string) => ({ user })],
    ['a token', (_user: string, token: string) => ({ token })],
  ])('of %s ends his streams on every node, and none opens on any', async (_name, targetOf) => {
    const { url } = await redis();
    const [one, two] = [await start(url), await start(url)];
    const [user, token] = [unique('user'), unique('token')];
    const path = `/channels?c=room&user=${user}&jti=${token}&iat=${seconds(-60)}`;
    const clients = [await one.open(path), await two.open(path)];

    await one.call('broadcast', 'disconnect', targetOf(user, token));

    for (const client of clients) expect((await client.untilClosed()).at(-1)?.type).toBe('sse:end');
    const third = await start(url);
    for (const server of [one, two, third]) expect((await server.open(path)).status).toBe(401);
    expect((await third.open(`/channels?c=room&user=${user}&iat=${seconds(1)}`)).status).toBe(200);
  });

  it('reaches a node that was cut off just then, as soon as it is back', async () => {
    const server = await redis();
    const line = await link(server);
    const [behind, other] = [await start(line.url), await start(server.url)];
    const [user, bystander] = [unique('user'), unique('user')];
    const path = (name: string) => `/channels?c=room&user=${name}&iat=${seconds(-60)}`;
    const client = await behind.open(path(user));
    const stays = await behind.open(path(bystander));
    line.cut();
    await other.call('broadcast', 'disconnect', { user });
    // It can't be known here: he is let in, gets nothing, and is looked up when the engine is back.
    const meanwhile = await behind.open(path(user));
    expect(meanwhile.status).toBe(200);

    line.mend();

    for (const each of [client, meanwhile]) expect((await each.untilClosed()).at(-1)?.type).toBe('sse:end');
    await other.call('broadcast', 'toChannel', 'room', { data: 'for those who stay' });
    expect((await stays.next()).data).toBe('for those who stay');
  });

  it('is remembered by a node that heard of it, while Redis is away and after Redis has lost it', async () => {
    const server = await redis();
    const node = await start(server.url);
    const user = unique('user');
    const path = `/channels?c=room&user=${user}&iat=${seconds(-60)}`;
    await node.call('broadcast', 'disconnect', { user });
    const { port } = server;
    await server.stop();
    expect((await node.open(path)).status).toBe(401);

    const empty = await redis({ port });
    const fresh = await start(empty.url);
    let status = 200;
    while (status === 200) {
      const client = await fresh.open(path);
      ({ status } = client);
      await client.close();
    }
    expect(status).toBe(401);
  });
});
