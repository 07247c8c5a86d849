import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type CanActivate, Controller, type ExecutionContext, Get, Injectable, UseGuards } from '@nestjs/common';
import { SseConnectRateGuard, type SseConnectRateRules } from 'nestjs-event-stream';
import { type SseTestClient } from 'nestjs-event-stream/testing';
import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { useApplications } from './harness/application.js';
import { HTTP1, ONE_OF_EACH, ONE_OF_EACH_NEST } from './harness/matrix.js';
import { RawSocket } from './harness/raw-socket.js';
import { RedisServer } from './harness/redis-server.js';
import { TestServer } from './harness/test-server.js';
import { unique, useServer } from './harness/use-server.js';

const WINDOW = 60_000;
const CONFIG = {
  options: {
    security: { connectRate: { perIp: { attempts: 3, window: WINDOW }, perUser: { attempts: 4, window: WINDOW } } },
  },
  // So that a test has as many addresses as it wants.
  trustProxy: '127.0.0.1',
};
const PROGRAM = { 'user-agent': 'curl/8.0' };
const BROWSER = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)', 'sec-fetch-mode': 'cors' };

/** Headers of a client whose address no other test has. */
function somebody(): { 'x-forwarded-for': string } {
  return { 'x-forwarded-for': `10.${randomInt(256)}.${randomInt(256)}.${randomInt(256)}` };
}

// E5.
describe.each(ONE_OF_EACH)('the guard of connection attempts ($name)', (target) => {
  const server = useServer(target, CONFIG);

  async function attempts(count: number, headers: Record<string, string>, path = '/guarded/rated'): Promise<number[]> {
    const statuses: number[] = [];
    for (let n = 0; n < count; n++) statuses.push((await server.open(path, { headers })).status);
    return statuses;
  }

  it('refuses an address that tries too often with 429 and Retry-After, before the handler runs', async () => {
    const [headers, key] = [{ ...PROGRAM, ...somebody() }, unique()];
    expect(await attempts(3, headers)).toEqual([200, 200, 200]);

    const refused = await server.open(`/guarded/rated?key=${key}`, { headers });

    expect(refused.status).toBe(429);
    expect(JSON.parse(await refused.text())).toEqual({
      statusCode: 429,
      code: 'SSE_RATE',
      message: 'Too many attempts to connect.',
    });
    expectRetryAfter(refused);
    expect(server.notesOf(key, 'ran')).toEqual([]);
    expect(await attempts(1, { ...PROGRAM, ...somebody() })).toEqual([200]);
    const reason = `its address tried more than 3 times in ${WINDOW} ms`;
    await server.printed(`address=${headers['x-forwarded-for']} reason="${reason}"`);
  });

  it("tells a browser's EventSource when to come back, since it would give up for good on a 429", async () => {
    const [headers, key] = [{ ...BROWSER, ...somebody() }, unique()];
    await attempts(3, headers);

    const refused = await server.open(`/guarded/rated?key=${key}`, { headers });

    expect(refused.status).toBe(200);
    expect(refused.headers.get('content-type')).toBe('text/event-stream');
    expect(await refused.text()).toMatch(/^retry: \d+\n\n$/);
    expect(refused.retry).toBeGreaterThan(WINDOW - 10_000);
    expect(refused.retry).toBeLessThanOrEqual(WINDOW * 1.5);
    expect(server.notesOf(key, 'ran')).toEqual([]);
  });

  it.each([
    ['status', '/guarded/rated-status', BROWSER, 429],
    ['retry', '/guarded/rated-retry', PROGRAM, 200],
  ])("refuses in the one way that the route's option names: %s", async (_name, path, client, status) => {
    const headers = { ...client, ...somebody() };
    await attempts(3, headers, path);

    const refused = await server.open(path, { headers });

    expect(refused.status).toBe(status);
    expect(await refused.text()).toMatch(status === 200 ? /^retry: \d+\n\n$/ : /SSE_RATE/);
  });

  it.each([
    ['a POST', 'POST', '/guarded/rated-post'],
    ['what is no stream', 'GET', '/guarded/rated-plain'],
  ])('gives a status to %s, also of a browser', async (_what, method, path) => {
    const headers = { ...BROWSER, ...somebody() };
    for (let n = 0; n < 3; n++) expect((await server.open(path, { method, headers })).status).toBe(200);

    const refused = await server.open(path, { method, headers });

    expect(refused.status).toBe(429);
    expectRetryAfter(refused);
  });

  it('still tells a browser whose stream has ended for good that there is nothing to come back for', async () => {
    const [user, headers] = [unique('user'), { ...BROWSER, ...somebody() }];
    const ended = await server.open(`/guarded/rated?user=${user}`, { headers });
    await server.noted('opened$', user);
    await server.call('closeUser', user);
    await ended.closed;
    await attempts(3, headers);

    const back = await server.open('/guarded/rated', { headers: { ...headers, 'last-event-id': ended.lastEventId } });

    expect(back.status).toBe(204);
  });

  it('counts a user wherever he comes from, and nobody else with him', async () => {
    const user = unique('user');
    const statuses: number[] = [];
    for (let n = 0; n < 5; n++) {
      statuses.push(...(await attempts(1, { ...PROGRAM, ...somebody(), 'x-user': user })));
    }

    expect(statuses).toEqual([200, 200, 200, 200, 429]);
    expect(await attempts(1, { ...PROGRAM, ...somebody(), 'x-user': unique('user') })).toEqual([200]);
  });

  it('does not count those who are refused by their address as the user that they say they are', async () => {
    const [user, headers] = [unique('user'), { ...PROGRAM, ...somebody() }];
    await attempts(3, headers);
    expect(await attempts(5, { ...headers, 'x-user': user })).toEqual([429, 429, 429, 429, 429]);

    expect(await attempts(1, { ...PROGRAM, ...somebody(), 'x-user': user })).toEqual([200]);
  });

  it('takes a /64 of IPv6 for one address', async () => {
    const network = `2001:db8:${randomInt(0x10000).toString(16)}:${randomInt(0x10000).toString(16)}`;
    const statuses: number[] = [];
    for (let n = 1; n <= 4; n++) {
      statuses.push(...(await attempts(1, { ...PROGRAM, 'x-forwarded-for': `${network}:${n}::${n}` })));
    }

    expect(statuses).toEqual([200, 200, 200, 429]);
  });
});

describe.each(HTTP1)('an address that the client itself tells ($name)', (target) => {
  const server = useServer(target, { options: CONFIG.options });

  it('does not let it get away with more attempts', async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 4; n++) {
      const headers = { ...PROGRAM, ...somebody() };
      statuses.push((await server.open('/guarded/rated', { headers })).status);
    }

    expect(statuses).toEqual([200, 200, 200, 429]);
  });
});

describe.each(ONE_OF_EACH_NEST)('a flood of attempts ($name)', (target) => {
  const server = useServer(target, CONFIG);

  it('of a thousand at once from one address is refused, while others are served', async () => {
    const [attacker, user, key] = [somebody(), unique('user'), unique()];
    const other = { ...PROGRAM, ...somebody(), 'x-user': user };
    const sockets = await Promise.all(Array.from({ length: 10 }, () => RawSocket.connect(server.port)));
    for (const socket of sockets) server.clients.add(socket);

    for (const socket of sockets) {
      for (let n = 0; n < 100; n++) socket.request('GET /guarded/rated-plain', { ...PROGRAM, ...attacker });
    }
    const client = await server.open(`/guarded/rated?key=${key}`, { headers: other });
    await server.noted('subscribed', key);
    await server.call('emit', key, 'served');

    expect((await client.next()).data).toBe('served');
    const answers = await Promise.all(sockets.map((socket) => statusesOf(socket, 100)));
    expect(answers.flat().filter((status) => status === '200')).toHaveLength(3);
    expect(answers.flat().filter((status) => status === '429')).toHaveLength(997);
    expect(server.output.split(`address=${attacker['x-forwarded-for']} `)).toHaveLength(2);
  });

  /** Waits for the answers to so many pipelined requests. */
  async function statusesOf(socket: RawSocket, count: number): Promise<string[]> {
    const found = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status = '']) => status);
    return found(await socket.until((text) => found(text).length === count));
  }
});

describe('two nodes on one Redis', () => {
  let redis: RedisServer;
  let nodes: TestServer[] = [];
  beforeAll(async () => {
    redis = await RedisServer.start();
    const config = { ...CONFIG, redis: { url: redis.url, publishTimeout: 500 } };
    nodes = await Promise.all(ONE_OF_EACH_NEST.map((target) => TestServer.start(target, config)));
  });
  afterEach(() => Promise.all(nodes.map((node) => node.closeClients())));
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.stop()));
    await redis.stop();
  });

  const attempt = async (n: number, headers: Record<string, string>) =>
    (await nodes[n % nodes.length]!.open('/guarded/rated-plain', { headers: { ...PROGRAM, ...headers } })).status;

  it('count attempts together, one after the other', async () => {
    const headers = somebody();
    const statuses: number[] = [];
    for (let n = 0; n < 6; n++) statuses.push(await attempt(n, headers));

    expect(statuses).toEqual([200, 200, 200, 429, 429, 429]);
  });

  it('count attempts together, all at the same moment', async () => {
    const headers = somebody();
    const statuses = await Promise.all(Array.from({ length: 20 }, (_, n) => attempt(n, headers)));

    expect(statuses.filter((status) => status === 200)).toHaveLength(3);
  });

  it('tell the log of a flood once, on one of them', async () => {
    const headers = somebody();
    await Promise.all(Array.from({ length: 20 }, (_, n) => attempt(n, headers)));

    const line = `address=${headers['x-forwarded-for']} `;
    await expect(Promise.race(nodes.map((node) => node.printed(line)))).resolves.toBeUndefined();
    expect(nodes.map(({ output }) => output.split(line).length - 1).sort()).toEqual([0, 1]);
  });

  it('count users under keys of one length that do not name them', async () => {
    const user = `anna-${'x'.repeat(3_000)}`;
    for (let n = 0; n < 4; n++) expect(await attempt(n, { ...somebody(), 'x-user': user })).toBe(200);

    expect(await attempt(1, { ...somebody(), 'x-user': user })).toBe(429);
    const keys = await redis.command('KEYS', '*connect.user.*');
    expect(keys).toContain('connect.user.');
    expect(keys).not.toContain('anna');
  });

  it('let everybody pass while Redis is away, and say so', async () => {
    const headers = somebody();
    await redis.kill();

    for (let n = 0; n < 8; n++) expect(await attempt(n, headers)).toBe(200);

    await Promise.all(nodes.map((node) => node.printed('Attempts to connect are not counted, and all pass')));
    for (const { output } of nodes) expect(output.split('are not counted')).toHaveLength(2);
  });
});

describe('a guard of the application that extends ours', () => {
  const start = useApplications();

  /** Counts by a header instead of the address, and as often as the route is named to allow. */
  @Injectable()
  class DeviceRateGuard extends SseConnectRateGuard {
    protected override rulesFor(context: ExecutionContext): SseConnectRateRules {
      const attempts = context.getHandler().name === 'often' ? 3 : 1;
      return { perIp: { attempts, window: WINDOW } };
    }

    protected override addressOf(context: ExecutionContext): string | undefined {
      return context.switchToHttp().getRequest<{ headers: Record<string, string | undefined> }>().headers['x-device'];
    }
  }

  @UseGuards(DeviceRateGuard)
  @Controller()
  class DevicesController {
    @Get('often')
    often() {}

    @Get('rarely')
    rarely() {}
  }

  it('says who is counted, and how many attempts he has', async () => {
    const app = await start({ controllers: [DevicesController] });
    const attempt = async (path: string, device?: string) =>
      (await app.open(path, { headers: { 'x-device': device } })).status;

    expect([await attempt('rarely', 'a'), await attempt('rarely', 'a'), await attempt('often', 'a')]).toEqual([
      200, 429, 200,
    ]);
    expect([await attempt('rarely', 'b'), await attempt('rarely'), await attempt('rarely')]).toEqual([200, 200, 200]);
  });
});

describe('a window that is over', () => {
  const start = useApplications();

  @UseGuards(SseConnectRateGuard)
  @Controller()
  class PlainController {
    @Get()
    plain() {}
  }

  it('gives new attempts', async () => {
    const connectRate = { perIp: { attempts: 1, window: 100 } };
    const app = await start({ controllers: [PlainController], options: { security: { connectRate } } });
    await app.open('/');
    let status: number;

    // A browser's retry asks later than the window's end; here it is asked until then.
    do {
      await delay(10);
      ({ status } = await app.open('/'));
    } while (status === 429);

    expect(status).toBe(200);
  });
});

describe('a guard before the one that authenticates, and once more behind it', () => {
  const start = useApplications();

  @Injectable()
  class PasswordGuard implements CanActivate {
    canActivate(context: ExecutionContext): boolean {
      const request = context.switchToHttp().getRequest<{ headers: Record<string, unknown>; user?: object }>();
      if (request.headers['x-password'] !== 'right') return false;
      request.user = { id: 'anna' };
      return true;
    }
  }

  @UseGuards(SseConnectRateGuard, PasswordGuard, SseConnectRateGuard)
  @Controller()
  class PlainController {
    @Get()
    plain() {}
  }

  it('counts each guess of an address, and each success of a user, once', async () => {
    const rule = (attempts: number) => ({ attempts, window: WINDOW });
    const connectRate = { perIp: rule(6), perUser: rule(2) };
    const app = await start({
      controllers: [PlainController],
      options: { identify: undefined, security: { connectRate } },
    });
    const statuses: number[] = [];
    for (const password of ['right', 'wrong', 'right', 'wrong', 'right', 'wrong', 'right']) {
      statuses.push((await app.open('/', { headers: { 'x-password': password } })).status);
    }

    expect(statuses).toEqual([200, 403, 200, 403, 429, 403, 429]);
  });
});

function expectRetryAfter(client: SseTestClient): void {
  const seconds = Number(client.headers.get('retry-after'));
  expect(seconds).toBeGreaterThan((WINDOW - 10_000) / 1_000);
  expect(seconds).toBeLessThanOrEqual((WINDOW * 1.5) / 1_000);
}
