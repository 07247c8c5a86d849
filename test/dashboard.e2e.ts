import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type CallHandler, type ExecutionContext, type INestApplication, type NestInterceptor } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { hostname } from 'node:os';
import { map, type Observable } from 'rxjs';
import { ConnectionRegistry, SseModule, SsePermissions, SsePermissionsGuard } from 'nestjs-event-stream';
import { isDashboardStream, SseDashboardModule, type SseDashboardOptions } from 'nestjs-event-stream/dashboard';
import { SseTestClient } from 'nestjs-event-stream/testing';
import { ONE_OF_EACH_NEST } from './harness/matrix.js';
import { RedisServer } from './harness/redis-server.js';
import { TestServer } from './harness/test-server.js';
import { unique, useServer } from './harness/use-server.js';

const OPERATOR = { cookie: 'session=operator' };

describe.each(ONE_OF_EACH_NEST)('the dashboard ($name)', (target) => {
  const server = useServer(target, { dashboard: true });

  function ask(path: string, headers: Record<string, string> = OPERATOR, init: RequestInit = {}): Promise<Response> {
    return fetch(`${server.url}/sse-dashboard${path}`, { ...init, headers, signal: AbortSignal.timeout(10_000) });
  }

  function close(id: string, headers: Record<string, string>): Promise<Response> {
    return ask(
      '/close',
      { 'content-type': 'application/json', ...headers },
      { method: 'POST', body: `{"id":"${id}"}` },
    );
  }

  function listen(user: string) {
    return server.open(`/channels?user=${user}&c=${unique('room')}`);
  }

  async function idOf(user: string): Promise<string> {
    const [connection] = (await server.call('byUser', user)) as { id: string }[];
    return connection!.id;
  }

  const ROUTES = [
    '',
    '/parts/main.js',
    '/live',
    '/look',
    '/connections',
    '/channels',
    '/nodes',
    '/connections/some-id',
  ];

  it.each(ROUTES)('asks its guards before it answers at "%s"', async (path) => {
    expect((await ask(path, {})).status).toBe(401);
    expect((await ask(path, { cookie: 'session=visitor' })).status).toBe(403);
  });

  it('asks its guards before it ends a connection', async () => {
    const user = unique('ann');
    await listen(user);
    const page = { 'x-sse-dashboard': 'page' };

    expect((await close(await idOf(user), page)).status).toBe(401);
    expect((await close(await idOf(user), { ...page, cookie: 'session=visitor' })).status).toBe(403);
    expect(await server.call('byUser', user)).toHaveLength(1);
  });

  it('ends no connection, and tells nothing, for the page of another site', async () => {
    const user = unique('ann');
    await listen(user);
    const id = await idOf(user);
    const page = { ...OPERATOR, 'x-sse-dashboard': 'page' };

    const attempts = [
      await close(id, OPERATOR),
      await close(id, { ...page, 'sec-fetch-site': 'cross-site' }),
      await close(id, { ...page, 'sec-fetch-site': 'same-site' }),
      await close(id, { ...page, origin: 'https://evil.example' }),
      await close(id, { ...page, origin: 'null' }),
      await ask('/look', { ...OPERATOR, origin: 'https://evil.example' }),
      await ask('/live', { ...OPERATOR, 'sec-fetch-site': 'cross-site' }),
      await ask('/connections', { ...OPERATOR, 'sec-fetch-site': 'cross-site' }),
      await ask('/nodes', { ...OPERATOR, 'sec-fetch-site': 'cross-site' }),
    ];
    expect(attempts.map(({ status }) => status)).toEqual(attempts.map(() => 403));
    expect((await close(id, { ...page, 'content-type': 'text/plain' })).status).toBe(400);
    expect(await server.call('byUser', user)).toHaveLength(1);

    expect((await close(id, { ...page, origin: server.url })).status).toBe(200);
    await server.noted('closed$', user);
  });

  it.each(['', '/parts/main.js', '/connections'])(
    'serves "%s" for no cache, no frame and nothing inline',
    async (path) => {
      const { headers } = await ask(path);

      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toMatch(
        /default-src 'none'.*script-src 'self'.*frame-ancestors 'none'/,
      );
      expect(headers.get('content-security-policy')).not.toContain('unsafe');
    },
  );

  it.each(['/parts/none.js', '/parts/..%2Findex.html', '/parts/answers.d.ts'])(
    'serves no file as "%s"',
    async (path) => {
      expect((await ask(path)).status).toBe(404);
    },
  );

  it('answers with no more than a hundred rows, whatever is asked for, and says why it does not', async () => {
    const asked = await ask('/connections?size=100000&page=-3&sort=user');
    expect(await asked.json()).toEqual({ total: 0, matching: 0, page: 0, pages: 1, rows: [] });
    expect((await ask('/connections?sort=constructor')).status).toBe(400);
  });

  it('has a stream that takes no event of the application, and is looked at once for all', async () => {
    const streams = [
      await server.open('/sse-dashboard/live', { headers: OPERATOR }),
      await server.open('/sse-dashboard/live', { headers: OPERATOR }),
    ];
    await server.call('broadcast', 'broadcast', { type: 'news', data: 'to all' });
    const events = await Promise.all(streams.map((stream) => stream.take(3)));

    expect(events.map((seen) => seen.map(({ type }) => type))).toEqual([
      ['welcome', 'look', 'look'],
      ['welcome', 'look', 'look'],
    ]);
    const [one, two] = events.map((seen) => seen.map(({ data }) => (JSON.parse(data) as { at: number }).at));
    expect(one!.filter((time) => two!.includes(time))).not.toEqual([]);

    const later = await server.open('/sse-dashboard/live', { headers: OPERATOR });
    const { past } = (await later.next({ type: 'welcome' })).json<{ past: { ago: number; values: number[] }[] }>();
    expect(past.length).toBeGreaterThanOrEqual(2);
    expect(past[0]!.ago).toBeGreaterThan(past[1]!.ago);
    expect(past[1]!.values[0]).toBeGreaterThanOrEqual(2);
  });
});

describe('the dashboard of nodes that share a Redis', () => {
  interface Nodes {
    rows: { pid: number; isOwn: boolean; connections: number; host: string }[];
    totals: { connections: number };
    away?: string;
  }
  let redis: RedisServer;
  let servers: TestServer[] = [];
  beforeAll(async () => {
    redis = await RedisServer.start();
    const options = { monitoring: { interval: 100, degrade: false } };
    const config = { dashboard: true, redis: { url: redis.url, lease: 1_500 }, options };
    servers = await Promise.all(ONE_OF_EACH_NEST.map((target) => TestServer.start(target, config)));
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await redis.stop();
  });

  async function untilNodes({ url }: TestServer, fits: (nodes: Nodes) => boolean): Promise<Nodes> {
    for (;;) {
      const response = await fetch(`${url}/sse-dashboard/nodes?sort=connections`, { headers: OPERATOR });
      const nodes = (await response.json()) as Nodes;
      if (fits(nodes)) return nodes;
    }
  }

  it('lists all of them, forgets one that was killed, and is of one alone when the engine is away', async () => {
    const [one, two] = servers as [TestServer, TestServer];
    await two.open('/channels?c=room');
    const { rows, totals } = await untilNodes(one, (nodes) => nodes.totals.connections === 1);
    expect(rows).toMatchObject([
      { pid: one.pid, isOwn: true, connections: 0, host: hostname() },
      { pid: two.pid, isOwn: false, connections: 1, host: hostname() },
    ]);
    expect(totals).toMatchObject({ connections: 1 });
    const seenByTwo = await untilNodes(two, (nodes) => nodes.rows.length === 2);
    expect(seenByTwo.rows.map(({ isOwn }) => isOwn)).toEqual([false, true]);

    two.signal('SIGKILL');
    const left = await untilNodes(one, (nodes) => nodes.rows.length === 1);
    expect(left.away).toBeUndefined();

    await redis.kill();
    const alone = await untilNodes(one, ({ away }) => away !== undefined);
    expect(alone.rows).toMatchObject([{ pid: one.pid, isOwn: true }]);
  });
});

describe('a dashboard', () => {
  const running: INestApplication[] = [];
  afterEach(async () => {
    for (const app of running.splice(0)) await app.close();
  });

  async function start(options: SseDashboardOptions): Promise<INestApplication> {
    const identify = (context: ExecutionContext) => {
      const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string | undefined> }>();
      return headers['x-user'] === undefined
        ? undefined
        : { userId: headers['x-user'], permissions: [headers['x-user']] };
    };
    const imports = [SseModule.forRoot({ identify }), SseDashboardModule.register(options)];
    const module = await Test.createTestingModule({ imports }).compile();
    module.useLogger(false);
    const app = module.createNestApplication();
    app.useGlobalInterceptors(new EnvelopeInterceptor());
    running.push(app);
    await app.listen(0, '127.0.0.1');
    return app;
  }

  async function ask(app: INestApplication, path: string, user?: string): Promise<Response> {
    const headers = user === undefined ? undefined : { 'x-user': user };
    return fetch(`${await app.getUrl()}${path}`, { headers, signal: AbortSignal.timeout(10_000) });
  }

  it('is where it was registered, and its parts are found from there with a slash at the end or without', async () => {
    const app = await start({ path: '/internal/streams/' });

    expect((await ask(app, '/sse-dashboard')).status).toBe(404);
    expect(await (await ask(app, '/internal/streams')).text()).toContain('<base href="./streams/" />');
    expect(await (await ask(app, '/internal/streams/')).text()).toContain('<base href="./" />');
  });

  it('takes the guards that need decorators, and those that are instances', async () => {
    const asked: string[] = [];
    const counting = { canActivate: () => asked.push('asked') > 0 };
    const app = await start({ guards: [counting, SsePermissionsGuard], decorators: [SsePermissions('watch')] });

    expect((await ask(app, '/sse-dashboard')).status).toBe(401);
    expect((await ask(app, '/sse-dashboard', 'ann')).status).toBe(403);
    expect((await ask(app, '/sse-dashboard', 'watch')).status).toBe(200);
    expect(asked).toHaveLength(3);
  });

  it('is not wrapped by the interceptors of the application', async () => {
    const app = await start({});

    expect(await (await ask(app, '/sse-dashboard/channels')).json()).toMatchObject({ total: 0, rows: [] });
    expect(await (await ask(app, '/sse-dashboard/parts/icon.svg')).text()).toMatch(/^<svg/);
  });

  it('has streams that hooks can tell from those of the application', async () => {
    const app = await start({});
    const stream = await SseTestClient.open(app, '/sse-dashboard/live');
    expect((await stream.next()).json()).toMatchObject({ isGuarded: false });

    expect(app.get(ConnectionRegistry).all().map(isDashboardStream)).toEqual([true]);
    await stream.close();
  });
});

class EnvelopeInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((data: unknown) => ({ data })));
  }
}
