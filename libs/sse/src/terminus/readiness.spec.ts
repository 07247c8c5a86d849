import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Test, type TestingModule } from '@nestjs/testing';
import { SseMetrics, type SseMetricsSnapshot, SseModule, SseOptionsError } from '../index.js';
import { readiness } from './readiness.js';

let module: TestingModule;
let well: SseMetricsSnapshot;
beforeAll(async () => {
  module = await Test.createTestingModule({
    imports: [SseModule.forRoot({ connections: { max: 10 }, monitoring: { thresholds: { cpu: null } } })],
  }).compile();
  const { levels, ...snapshot } = module.get(SseMetrics).snapshot();
  const normal = Object.fromEntries(Object.keys(levels).map((name) => [name, 'normal'])) as typeof levels;
  well = { ...snapshot, levels: normal };
});
afterAll(() => module.close());

function withLevels(levels: Partial<SseMetricsSnapshot['levels']>): SseMetricsSnapshot {
  return { ...well, levels: { ...well.levels, ...levels } };
}

describe('readiness()', () => {
  it('is up where nothing is wrong', () => {
    expect(readiness(well, 'serving')).toEqual({ status: 'up', reasons: [] });
  });

  it.each(['leaving', 'draining', 'drained'] as const)('is down while the node is %s', (drain) => {
    expect(readiness(well, drain)).toEqual({ status: 'down', reasons: [`it gives up its streams (${drain})`] });
  });

  it('is down while the engine is away, and says why it is', () => {
    const away = { ...well, backplane: { status: 'down', reason: 'no answer to PING' } } as const;
    const reasons = ['the backplane is down: no answer to PING'];

    expect(readiness(away, 'serving')).toEqual({ status: 'down', reasons });
    expect(readiness(away, 'serving', { backplane: 'degraded' })).toEqual({ status: 'degraded', reasons });
    expect(readiness(away, 'serving', { backplane: 'ignore' })).toEqual({ status: 'up', reasons: [] });
  });

  it.each(['memory', 'heap', 'eventLoopDelay', 'queues'] as const)('is down where %s is critical', (watched) => {
    const { status, reasons } = readiness(withLevels({ [watched]: 'critical' }), 'serving');

    expect(status).toBe('down');
    expect(reasons).toEqual([
      `${watched} is critical: ${well.resources[watched]}, from ${well.thresholds[watched]!.critical} on`,
    ]);
    expect(readiness(withLevels({ [watched]: 'elevated' }), 'serving').status).toBe('degraded');
    expect(readiness(withLevels({ [watched]: 'critical' }), 'serving', { critical: [] }).status).toBe('degraded');
  });

  it.each(['cpu', 'connections', 'publishes'] as const)('is only degraded where %s is critical', (watched) => {
    const critical = withLevels({ [watched]: 'critical' });

    expect(readiness(critical, 'serving').status).toBe('degraded');
    expect(readiness(critical, 'serving', { critical: [watched] }).status).toBe('down');
  });

  it.each([
    ['batching', 'degraded', 'it sheds load (batching)'],
    ['low-priority', 'degraded', 'it sheds load (low-priority)'],
    ['refusing', 'down', 'it refuses new streams to shed load (refusing)'],
    ['closing', 'down', 'it refuses new streams to shed load (closing)'],
  ] as const)('with load shedding at %s is %s', (shedding, status, reason) => {
    expect(readiness({ ...well, shedding }, 'serving')).toEqual({ status, reasons: [reason] });
  });

  it('is degraded where all places are taken, and not down: who is in is served, and so are other routes', () => {
    const connections = { ...well.connections, active: 10 };

    expect(readiness({ ...well, connections }, 'serving')).toEqual({
      status: 'degraded',
      reasons: ['all 10 places are taken'],
    });
    const limits = { ...well.limits, connections: null };
    expect(readiness({ ...well, connections, limits }, 'serving').status).toBe('up');
  });

  it('names what takes the node out before what only impairs it', () => {
    const { status, reasons } = readiness(withLevels({ connections: 'elevated', memory: 'critical' }), 'draining');

    expect(status).toBe('down');
    expect(reasons.map((reason) => reason.split(' ', 1)[0])).toEqual(['it', 'memory', 'connections']);
  });

  it.each([
    [{ backplane: 'up' }, "isReady().backplane is \"up\": use 'down', 'degraded' or 'ignore'"],
    [{ critical: ['disk'] }, 'isReady().critical is ["disk"]: use a list of connections, memory, heap'],
    [{ critical: 'memory' }, 'isReady().critical is "memory"'],
  ])('refuses the options %j', (options, message) => {
    const asked = () => readiness(well, 'serving', options as object);

    expect(asked).toThrow(SseOptionsError);
    expect(asked).toThrow(message);
  });
});
