import { afterEach, describe, expect, it } from '@jest/globals';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { SseDrain, type SseDrainState, SseModule, type SseModuleOptions } from '../index.js';

/** Longer than a test may take: whoever waits for it fails. */
const FOR_EVER = 600_000;

describe('SseDrain', () => {
  const running: INestApplicationContext[] = [];
  afterEach(() => Promise.all(running.splice(0).map((app) => app.close())));

  it('serves until it is started', async () => {
    const drain = await drainOf();

    expect(drain.state).toBe('serving');
    expect(statesOf(drain)).toEqual(['serving']);
  });

  it('goes through all states, and tells those who come later where it stands', async () => {
    const drain = await drainOf();
    const states = statesOf(drain);

    await drain.start();

    expect(states).toEqual(['serving', 'leaving', 'draining', 'drained']);
    expect(statesOf(drain)).toEqual(['drained']);
    expect(drain.state).toBe('drained');
  });

  it('begins once, whoever starts it and when', async () => {
    const drain = await drainOf();
    const states: SseDrainState[] = [];
    const promises: Promise<void>[] = [];
    drain.state$.subscribe((state) => {
      states.push(state);
      if (state !== 'serving') promises.push(drain.start());
    });

    promises.push(drain.start(), drain.start());
    await Promise.all(promises);

    expect(new Set([...promises, drain.start()]).size).toBe(1);
    expect(states).toEqual(['serving', 'leaving', 'draining', 'drained']);
  });

  it('has ended when the application has closed', async () => {
    const app = await Test.createTestingModule({ imports: [SseModule.forRoot()] }).compile();
    const drain = app.get(SseDrain);

    await app.close();

    expect(drain.state).toBe('drained');
  });

  it('waits for nobody in an application context, which has no visitors', async () => {
    @Module({ imports: [SseModule.forRoot({ shutdown: { readinessDelay: FOR_EVER } })] })
    class WorkerModule {}
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest declares its options as a class, and takes any object
    const worker = await NestFactory.createApplicationContext(WorkerModule, { logger: false });

    await worker.close();

    expect(worker.get(SseDrain).state).toBe('drained');
  });

  it('waits for nobody where the server does not listen', async () => {
    const drain = await drainOf({ shutdown: { readinessDelay: FOR_EVER } });

    await drain.start();

    expect(drain.state).toBe('drained');
  });

  it('gives the load balancer its time where a server listens, though no stream is open', async () => {
    const module = await Test.createTestingModule({
      imports: [SseModule.forRoot({ shutdown: { readinessDelay: 20 } })],
    }).compile();
    module.useLogger(false);
    const app = module.createNestApplication();
    running.push(app);
    await app.listen(0, '127.0.0.1');
    const drain = app.get(SseDrain);

    const drained = drain.start();

    expect(drain.state).toBe('leaving');
    await drained;
    expect(drain.state).toBe('drained');
  });

  async function drainOf(options?: SseModuleOptions): Promise<SseDrain> {
    const module = await Test.createTestingModule({ imports: [SseModule.forRoot(options)] }).compile();
    const app = module.createNestApplication();
    await app.init();
    running.push(app);
    return app.get(SseDrain);
  }

  function statesOf(drain: SseDrain): SseDrainState[] {
    const states: SseDrainState[] = [];
    drain.state$.subscribe((state) => states.push(state));
    return states;
  }
});
