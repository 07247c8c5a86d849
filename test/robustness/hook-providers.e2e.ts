import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Controller, ForbiddenException, Injectable, Logger, type Provider, Scope } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { type CloseReason, OnSseClose, OnSseOpen, type SseConnection, SseModule, SseStream } from 'nestjs-event-stream';
import { SseTestClient } from 'nestjs-event-stream/testing';
import { of } from 'rxjs';
import { useApplications } from '../harness/application.js';

const called: string[] = [];

class Hooks {
  constructor(private readonly name: string) {}

  @OnSseOpen()
  opened(): void {
    called.push(`${this.name} opened`);
  }

  @OnSseClose()
  closed(): void {
    called.push(`${this.name} closed`);
  }
}

class RefusingHooks {
  @OnSseOpen()
  refuse(): void {
    throw new ForbiddenException();
  }
}

@Injectable()
class BothHooks {
  @OnSseOpen()
  @OnSseClose()
  both(_connection: SseConnection, reason?: CloseReason): void {
    called.push(`both ${reason ?? 'opened'}`);
  }
}

@Injectable()
class OddlyFailingHooks {
  @OnSseClose()
  closed(): void {
    throw Object.create(null);
  }
}

@Injectable({ scope: Scope.TRANSIENT })
class TransientHooks {
  private readonly name = 'transient';

  @OnSseOpen()
  opened(): void {
    called.push(this.name);
  }
}

@Controller()
class StreamController {
  @SseStream('stream')
  stream() {
    return of(1);
  }
}

describe('the hooks of a provider', () => {
  const start = useApplications();
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it.each<[string, Provider]>([
    ['a factory', { provide: 'HOOKS', useFactory: () => new Hooks('it') }],
    ['an asynchronous factory', { provide: 'HOOKS', useFactory: async () => Promise.resolve(new Hooks('it')) }],
    ['a value', { provide: 'HOOKS', useValue: new Hooks('it') }],
  ])('that is made by %s are called', async (_how, provider) => {
    called.length = 0;
    const app = await start({ controllers: [StreamController], providers: [provider] });

    await (await app.open('/stream')).untilClosed();

    expect(called).toEqual(['it opened', 'it closed']);
  });

  it('that has an alias are called once', async () => {
    called.length = 0;
    const providers = [
      { provide: 'HOOKS', useFactory: () => new Hooks('it') },
      { provide: 'ALIAS', useExisting: 'HOOKS' },
    ];
    const app = await start({ controllers: [StreamController], providers });

    await (await app.open('/stream')).untilClosed();

    expect(called).toEqual(['it opened', 'it closed']);
  });

  it('that is a value may refuse a stream', async () => {
    const providers = [{ provide: RefusingHooks, useValue: new RefusingHooks() }];
    const app = await start({ controllers: [StreamController], providers });

    expect((await app.open('/stream')).status).toBe(403);
  });

  it('may be one method for both ends', async () => {
    called.length = 0;
    const app = await start({ controllers: [StreamController], providers: [BothHooks] });

    await (await app.open('/stream')).untilClosed();

    expect(called).toEqual(['both opened', 'both completed']);
  });

  it('may fail by what can not be made into text', async () => {
    const app = await start({ controllers: [StreamController], providers: [OddlyFailingHooks] });

    expect(await (await app.open('/stream')).untilClosed()).toHaveLength(2);
    expect(await (await app.open('/stream')).untilClosed()).toHaveLength(2);
  });

  it('that is transient are not called on an object that was never made, and that is said', async () => {
    called.length = 0;
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    const app = await start({ controllers: [StreamController], providers: [TransientHooks] });

    await (await app.open('/stream')).untilClosed();

    expect(called).toEqual([]);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('TransientHooks.opened'));
  });

  it('that a test puts in the place of another are those that are called', async () => {
    called.length = 0;
    const module = await Test.createTestingModule({
      imports: [SseModule.forRoot()],
      controllers: [StreamController],
      providers: [{ provide: Hooks, useFactory: () => new Hooks('real') }],
    })
      .overrideProvider(Hooks)
      .useValue(new Hooks('double'))
      .compile();
    module.useLogger(false);
    const app = module.createNestApplication();

    await (await SseTestClient.open(app, '/stream')).untilClosed();
    await app.close();

    expect(called).toEqual(['double opened', 'double closed']);
  });
});
