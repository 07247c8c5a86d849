import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Controller, type INestApplication, Logger, Module, UseGuards } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  channels,
  ConnectionRegistry,
  RateLimiter,
  SseBroadcaster,
  SseClock,
  SseModule,
  type SseModuleOptions,
  SseStream,
  SseTicketGuard,
  SseTickets,
} from '../index.js';
import { advanceTime, SseTestClient } from './index.js';

@Controller()
class NewsController {
  @SseStream('news')
  news() {
    return channels('news');
  }

  @UseGuards(SseTicketGuard)
  @SseStream('tickets')
  tickets() {
    return channels('news');
  }
}

describe('advanceTime()', () => {
  const apps: INestApplication[] = [];

  beforeEach(() => void Logger.overrideLogger(false));
  afterEach(async () => {
    jest.useRealTimers();
    await Promise.all(apps.splice(0).map((app) => app.close()));
  });

  async function start(options: SseModuleOptions = {}): Promise<INestApplication> {
    @Module({ imports: [SseModule.forRoot(options)], controllers: [NewsController] })
    class AppModule {}
    const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
    const app = module.createNestApplication();
    apps.push(app);
    return app;
  }

  it('brings every heartbeat of the time that passes', async () => {
    const app = await start();
    const client = await SseTestClient.open(app, '/news');

    await advanceTime(app, 31_000);
    await client.nextComment();
    await advanceTime(app, 120_000);
    for (let count = 0; count < 4; count++) await client.nextComment();

    expect(client.comments.length).toBeLessThanOrEqual(6);
  });

  it('ends a stream at its maximum age, and not before', async () => {
    const app = await start({ connections: { maxAge: 3_600_000, idleTimeout: null }, heartbeat: false });
    const client = await SseTestClient.open(app, '/news');

    await advanceTime(app, 3_600_000 * 0.79);
    expect(app.get(ConnectionRegistry).count).toBe(1);
    await advanceTime(app, 3_600_000 * 0.21 + 100);

    expect((await client.untilClosed()).at(-1)).toMatchObject({ type: 'sse:closing' });
  });

  it('closes a stream that nothing is written to, by every sweep that falls due', async () => {
    const app = await start({ heartbeat: false });
    const client = await SseTestClient.open(app, '/news');

    await advanceTime(app, 301_000);

    expect(app.get(ConnectionRegistry).stats().closed.idle).toBe(1);
    expect(await client.closed).not.toBe('closed');
  });

  it('ends a stream with its token', async () => {
    const expiresAt = new Date(Date.now() + 3_600_000);
    const app = await start({ identify: () => ({ userId: 'ann', permissions: [], expiresAt }) });
    const client = await SseTestClient.open(app, '/news');

    await advanceTime(app, 3_600_100);

    expect(await client.waitFor('sse:expiring')).toBeDefined();
    await client.untilClosed();
    expect(app.get(ConnectionRegistry).stats().closed.expired).toBe(1);
  });

  it('lets tickets expire', async () => {
    const app = await start();
    const [early, late] = await Promise.all([0, 1].map(() => issue(app)));
    const open = (ticket = '') => SseTestClient.open(app, `/tickets?ticket=${ticket}`);

    await advanceTime(app, 59_000);
    expect((await open(early)).status).toBe(200);
    await advanceTime(app, 2_000);

    expect((await open(late)).status).toBe(401);
  });

  it('lets the history and its events age', async () => {
    const app = await start({ history: { maxAge: 60_000 } });
    const sse = app.get(SseBroadcaster);
    const first = await SseTestClient.open(app, '/news');
    await first.close();
    await sse.toChannel('news', { data: 'short' }, { ttl: 10_000 });
    await sse.toChannel('news', { data: 'long' });

    await advanceTime(app, 20_000);
    const second = await first.reconnect();
    expect((await second.next({ type: 'sse:dropped' })).json()).toEqual({ count: 1, reason: 'expired' });
    expect((await second.next()).data).toBe('long');
    await second.close();
    await advanceTime(app, 60_000);

    const late = await first.reconnect();
    expect((await late.next({ type: 'sse:reset' })).json()).toMatchObject({ reason: 'history' });
  });

  it('fills buckets of tokens', async () => {
    const limiter = (await start()).get(RateLimiter);
    const limit = { messagesPerSecond: 1, burst: 1 };

    expect([1, 2].map(() => limiter.tryAcquire('ann', 1, limit))).toEqual([true, false]);
    await advanceTime(apps, 1_000);

    expect(limiter.tryAcquire('ann', 1, limit)).toBe(true);
  });

  it('is the same time for all applications that it names', async () => {
    const [one, other] = await Promise.all([start(), start()]);
    const clients = await Promise.all(apps.map((app) => SseTestClient.open(app, '/news')));

    const before = one.get(SseClock).now();
    await advanceTime([one, other], 31_000);
    expect(other.get(SseClock).now() - before).toBeLessThan(32_000);

    await Promise.all(clients.map((client) => client.nextComment()));
  });

  it('needs no fake timers, and does not mind those that leave the event loop alone', async () => {
    const app = await start();
    const client = await SseTestClient.open(app, '/news');
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] });

    await advanceTime(app, 31_000);
    await client.nextComment();

    await expect(client.next({ timeout: 20 })).rejects.toThrow('nothing more came within 20 ms');
  });

  it('does not begin what has no end', async () => {
    const app = await start();
    await SseTestClient.open(app, '/news');

    await expect(advanceTime(app, Infinity)).rejects.toMatchObject({ code: 'SSE_ARGUMENT' });
  });

  it('says what is wrong', async () => {
    const app = await start();

    await expect(advanceTime(app, -1)).rejects.toThrow('advanceTime(-1): use a whole number of milliseconds');
    await expect(advanceTime(app, 0.5)).rejects.toThrow('advanceTime(0.5): use a whole number of milliseconds');
    const without = (await Test.createTestingModule({}).compile()).createNestApplication();
    await expect(advanceTime(without, 1)).rejects.toThrow('SseClock');
  });
});

async function issue(app: INestApplication): Promise<string> {
  return app.get(SseTickets).issue({ userId: 'ann', permissions: [] }, { ttl: 60_000 });
}
