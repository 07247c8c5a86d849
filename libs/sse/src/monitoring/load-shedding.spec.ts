import { afterEach, describe, expect, it } from '@jest/globals';
import { Test, type TestingModule } from '@nestjs/testing';
import { Admission } from '../connections/admission.js';
import { FlushScheduler } from '../connections/flush-scheduler.js';
import { QueueBudget } from '../connections/queue-budget.js';
import { Shedding } from '../connections/shedding.js';
import {
  LoadShedding,
  ResourceMonitor,
  type SseBatchingOptions,
  SseBroadcaster,
  SseModule,
  type SseMonitoringOptions,
} from '../index.js';

const MAX = 1_000;

describe('LoadShedding', () => {
  let module: TestingModule;
  afterEach(() => module.close());

  async function start(monitoring: SseMonitoringOptions = {}, batching?: SseBatchingOptions) {
    const off = { connections: null, memory: null, heap: null, cpu: null, publishes: null, eventLoopDelay: null };
    const options = {
      batching,
      queue: { maxTotalBytes: MAX },
      monitoring: { thresholds: off, interval: 60_000, ...monitoring },
    };
    module = await Test.createTestingModule({ imports: [SseModule.forRoot(options)] }).compile();
    module.useLogger(false);
    await module.init();
    const steps: string[] = [];
    module.get(LoadShedding).step$.subscribe((step) => steps.push(step));
    /** Looks, with the queues so full. */
    const look = (percent: number, times = 1) => {
      module.get(QueueBudget).bytes = (MAX * percent) / 100;
      for (let done = 0; done < times; done++) module.get(ResourceMonitor).sample();
    };
    const levers = () => ({
      window: module.get(FlushScheduler).window,
      low: module.get(Shedding).lowPriority,
      isOpen: isOpen(module.get(Admission)),
    });
    return { steps, look, levers };
  }

  it('goes one step further at each look while the pressure is critical, and back in reverse', async () => {
    const { steps, look } = await start();

    look(90, 5);
    look(0, 6);

    expect(steps).toEqual(['none', 'batching', 'low-priority', 'refusing', 'low-priority', 'batching', 'none']);
  });

  it('pulls one lever more with each step, and lets go of them in reverse', async () => {
    const { look, levers } = await start();
    const seen = [levers()];

    for (const percent of [90, 90, 90, 0, 0, 0, 0]) {
      look(percent);
      seen.push(levers());
    }

    const [none, batching, low, refusing] = [
      { window: 0, low: false, isOpen: true },
      { window: 50, low: false, isOpen: true },
      { window: 50, low: true, isOpen: true },
      { window: 50, low: true, isOpen: false },
    ];
    // The first look that is calm is not believed yet.
    expect(seen).toEqual([none, batching, low, refusing, refusing, low, batching, none]);
  });

  it('leaves a window alone that the application has chosen', async () => {
    const { look } = await start({}, { maxDelay: 200 });
    const scheduler = module.get(FlushScheduler);
    const flushed = async () => {
      const start = performance.now();
      await new Promise<void>((resolve) => scheduler.schedule({ flush: () => resolve() }));
      return performance.now() - start;
    };
    look(90, 2);
    expect(await flushed()).toBeGreaterThan(190);

    look(0, 9);

    expect(await flushed()).toBeGreaterThan(190);
  });

  it('does no more than collect events while the pressure is elevated', async () => {
    const { steps, look } = await start();

    look(60, 5);
    look(90, 3);
    look(60, 5);

    expect(steps).toEqual(['none', 'batching', 'low-priority', 'refusing', 'low-priority', 'batching']);
  });

  it('closes the slowest only where it is told to', async () => {
    const { steps, look } = await start({ closeSlowest: true });

    look(90, 9);

    expect(steps.at(-1)).toBe('closing');
  });

  it('leaves the door closed that somebody else has closed', async () => {
    const { look, levers } = await start();
    look(90, 3);
    module.get(Admission).close('It shuts down.', () => 1);

    look(0, 9);

    expect(levers()).toEqual({ window: 0, low: false, isOpen: false });
  });

  it.each(['memory', 'heap'] as const)('is driven by the %s of the process', async (watched) => {
    const { steps, look } = await start({ thresholds: { [watched]: { elevated: 0.001, critical: 0.002 } } });

    look(0, 3);

    expect(steps).toEqual(['none', 'batching', 'low-priority', 'refusing']);
  });

  it('does nothing where it is switched off, and the pressure is told of all the same', async () => {
    const { steps, look } = await start({ degrade: false });

    look(90, 5);

    expect(steps).toEqual(['none']);
    expect(module.get(ResourceMonitor).level).toBe('critical');
  });

  it('is no matter of publishes, however many they are', async () => {
    const { steps } = await start({ thresholds: { publishes: { elevated: 1, critical: 2 } } });
    const monitor = module.get(ResourceMonitor);
    const changes: string[] = [];
    monitor.changes$.subscribe(({ watched, level }) => changes.push(`${watched} ${level}`));
    for (let done = 0; done < 100; done++) await module.get(SseBroadcaster).toChannel('room', { data: done });

    monitor.sample();

    expect(changes).toContain('publishes critical');
    expect(steps).toEqual(['none']);
  });
});

function isOpen(admission: Admission): boolean {
  try {
    admission.checkOpen();
    return true;
  } catch {
    return false;
  }
}
