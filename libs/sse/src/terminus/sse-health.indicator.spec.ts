import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { HealthIndicatorService } from '@nestjs/terminus';
import { Test, type TestingModule } from '@nestjs/testing';
import { SseDrain, SseMetrics, type SseMetricsSnapshot, SseModule } from '../index.js';
import { SseHealthIndicator } from './sse-health.indicator.js';

describe('SseHealthIndicator', () => {
  let module: TestingModule;
  let health: SseHealthIndicator;
  beforeEach(async () => {
    module = await Test.createTestingModule({
      imports: [SseModule.forRoot({ connections: { max: 10 }, monitoring: { thresholds: { memory: null } } })],
      providers: [SseHealthIndicator],
    }).compile();
    module.useLogger(false);
    health = module.get(SseHealthIndicator);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await module.close();
  });

  /** What the snapshot says, but for these; levels are normal. */
  function measured({ levels, ...differently }: Partial<SseMetricsSnapshot>): void {
    const snapshot = module.get(SseMetrics).snapshot();
    const normal = Object.fromEntries(Object.keys(snapshot.levels).map((name) => [name, 'normal']));
    jest
      .spyOn(module.get(SseMetrics), 'snapshot')
      .mockReturnValue({ ...snapshot, ...differently, levels: { ...snapshot.levels, ...normal, ...levels } });
  }

  it('works before the application has begun, as in tests of a module', async () => {
    measured({});

    expect(await health.isReady('sse')).toMatchObject({ sse: { status: 'up' } });
  });

  it('tells what one needs to see first, and of pressure only what is not normal', async () => {
    const { resources, limits } = module.get(SseMetrics).snapshot();
    const cpu = 71.5;
    measured({ resources: { ...resources, cpu }, levels: { cpu: 'elevated' } as SseMetricsSnapshot['levels'] });

    const { sse } = await health.isHealthy('sse');

    expect(sse).toEqual({
      status: 'degraded',
      message: 'cpu is elevated: 71.5, from 60 on',
      node: module.get(SseMetrics).snapshot().node,
      uptime: expect.any(Number),
      drain: 'serving',
      shedding: 'none',
      backplane: 'up',
      connections: { active: 0, max: 10, refused: 0 },
      pressure: { cpu: { level: 'elevated', value: 71.5, threshold: 60 } },
      eventLoop: { delay: expect.any(Number), maxDelay: expect.any(Number), utilization: expect.any(Number) },
      cpu,
      memory: {
        rss: resources.rss,
        limit: resources.memoryLimit,
        heapUsed: resources.heapUsed,
        heapLimit: resources.heapLimit,
      },
      queues: { events: 0, bytes: 0, maxBytes: limits.queuedBytes, blockedConnections: 0 },
    });
  });

  it('is not ready, and alive, while the engine is away, under load, and when it has drained', async () => {
    measured({
      backplane: { status: 'down', reason: 'gone' },
      levels: { eventLoopDelay: 'critical' } as SseMetricsSnapshot['levels'],
      shedding: 'closing',
    });
    await module.get(SseDrain).start();

    expect(await health.isReady('sse')).toMatchObject({ sse: { status: 'down', drain: 'drained' } });
    expect(await health.isLive('sse')).toMatchObject({
      sse: { status: 'up', drain: 'drained', shedding: 'closing', backplane: 'down: gone' },
    });
  });

  it('is up with a remark where Terminus does not know what degraded is', async () => {
    const up = (details: object) => ({ sse: { ...details, status: 'up' } });
    jest.spyOn(HealthIndicatorService.prototype, 'check').mockReturnValue({ up } as never);
    measured({ shedding: 'batching' });

    expect(await health.isReady('sse')).toMatchObject({
      sse: { status: 'up', degraded: true, message: 'it sheds load (batching)' },
    });
  });
});
