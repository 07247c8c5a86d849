import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, type INestApplication } from '@nestjs/common';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { Test } from '@nestjs/testing';
import { setTimeout as delay } from 'node:timers/promises';
import { SseDrain, SseModule, SseStream } from 'nestjs-event-stream';
import { SseHealthIndicator } from 'nestjs-event-stream/terminus';
import { SseTestClient } from 'nestjs-event-stream/testing';
import { NEVER } from 'rxjs';
import { ONE_OF_EACH_NEST } from './harness/matrix.js';
import { RedisServer } from './harness/redis-server.js';
import { unique, useServer } from './harness/use-server.js';

interface Health {
  httpStatus: number;
  status: string;
  details: { sse: { status: string; message?: string; [detail: string]: unknown } };
}

const PATIENCE = 15_000;

async function ask(url: string, path: 'ready' | 'live'): Promise<Health> {
  const answer = await fetch(`${url}/health/${path}`);
  return { httpStatus: answer.status, ...((await answer.json()) as Omit<Health, 'httpStatus'>) };
}

/** Asks as a load balancer does, again and again, until the answer is this. */
async function untilReadiness(url: string, httpStatus: number): Promise<Health> {
  const deadline = performance.now() + PATIENCE;
  for (;;) {
    const health = await ask(url, 'ready');
    if (health.httpStatus === httpStatus) return health;
    if (performance.now() > deadline) throw new Error(`Never ${httpStatus}: ${JSON.stringify(health)}`);
    await delay(20);
  }
}

let redis: RedisServer;
beforeAll(async () => {
  redis = await RedisServer.start();
});
afterAll(() => redis.stop());

describe.each(ONE_OF_EACH_NEST)('the health of a node ($name)', (target) => {
  // Its port is known once it runs.
  const place = { url: '', prefix: unique('health') };
  beforeAll(() => {
    place.url = redis.url;
  });
  const server = useServer(target, {
    operations: true,
    redis: place,
    // Of a busy machine nothing is to be seen here.
    options: {
      connections: { max: 2 },
      monitoring: { thresholds: { cpu: null, memory: null, heap: null, eventLoopDelay: null, connections: null } },
    },
  });

  it('is down for new connections while Redis is away, and says why; it is alive all the time', async () => {
    const before = await untilReadiness(server.url, 200);
    expect(before).toMatchObject({ status: 'ok', details: { sse: { status: 'up', backplane: 'up' } } });

    await redis.kill();
    const away = await untilReadiness(server.url, 503);
    const alive = await ask(server.url, 'live');
    await redis.launch();
    const after = await untilReadiness(server.url, 200);

    expect(away).toMatchObject({ status: 'error', details: { sse: { status: 'down', connections: { max: 2 } } } });
    expect(away.details.sse.message).toMatch(/^the backplane is down: \w+/);
    expect(away.details.sse.backplane).toMatch(/^down: \w+/);
    expect(alive).toMatchObject({ httpStatus: 200, status: 'ok', details: { sse: { status: 'up' } } });
    expect(alive.details.sse.backplane).toMatch(/^down: \w+/);
    expect(after.details.sse).toMatchObject({ status: 'up', backplane: 'up' });
  });

  it('is degraded when all places are taken, which Terminus 11 only tells in the details', async () => {
    await Promise.all([1, 2].map(() => server.open(`/channels?c=${unique('room')}`)));

    const { httpStatus, status, details } = await ask(server.url, 'ready');

    expect(details.sse).toMatchObject({ message: 'all 2 places are taken', connections: { active: 2, max: 2 } });
    expect([httpStatus, status, details.sse.status, details.sse.degraded]).toEqual(
      target.nest === 12 ? [200, 'degraded', 'degraded', undefined] : [200, 'ok', 'up', true],
    );
  });
});

describe('the health of a node that ends', () => {
  @Controller()
  class NodeController {
    constructor(
      private readonly health: HealthCheckService,
      private readonly sse: SseHealthIndicator,
    ) {}

    @SseStream('stream')
    stream() {
      return NEVER;
    }

    @Get('health/ready')
    @HealthCheck()
    ready() {
      return this.health.check([() => this.sse.isReady('sse')]);
    }

    @Get('health/live')
    @HealthCheck()
    live() {
      return this.health.check([() => this.sse.isLive('sse')]);
    }
  }

  const running: INestApplication[] = [];
  afterEach(async () => {
    for (const app of running.splice(0)) await app.close();
  });

  async function start(): Promise<INestApplication> {
    const thresholds = { cpu: null, memory: null, heap: null, eventLoopDelay: null };
    const module = await Test.createTestingModule({
      imports: [SseModule.forRoot({ monitoring: { thresholds } }), TerminusModule.forRoot({ logger: false })],
      controllers: [NodeController],
      providers: [SseHealthIndicator],
    }).compile();
    module.useLogger(false);
    const app = module.createNestApplication();
    running.push(app);
    await app.listen(0, '127.0.0.1');
    return app;
  }

  it('is down from the first moment of the drain on, and it stays alive until it is gone', async () => {
    const app = await start();
    const url = await app.getUrl();
    const client = await SseTestClient.open(app, '/stream');
    expect((await ask(url, 'ready')).details.sse).toMatchObject({ status: 'up', connections: { active: 1 } });

    const drained = app.get(SseDrain).start();
    const leaving = await app.get(SseHealthIndicator).isReady('sse');
    await drained;

    expect(leaving.sse).toMatchObject({ status: 'down', message: expect.stringMatching(/^it gives up its streams/) });
    expect(await ask(url, 'ready')).toMatchObject({ httpStatus: 503, details: { sse: { drain: 'drained' } } });
    expect(await ask(url, 'live')).toMatchObject({ httpStatus: 200, details: { sse: { drain: 'drained' } } });
    expect(await client.untilClosed()).toMatchObject([{ type: 'sse:closing' }]);
  });

  it('stops at its start where SseModule is missing', async () => {
    const parts = { imports: [TerminusModule], providers: [SseHealthIndicator] };

    await expect(Test.createTestingModule(parts).compile()).rejects.toThrow(/SseHealthIndicator.*SseMetrics/s);
  });
});
