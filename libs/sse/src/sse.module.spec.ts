import { afterEach, describe, expect, it, jest } from '@jest/globals';
import {
  ClassSerializerInterceptor,
  Controller,
  type DynamicModule,
  Injectable,
  Logger,
  Module,
  Scope,
  type Type,
  UseInterceptors,
} from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { of } from 'rxjs';
import {
  channels,
  ConnectionRegistry,
  OnSseOpen,
  SseBroadcaster,
  SseModule,
  type SseModuleOptions,
  type SseOptionsFactory,
  SseStream,
  type SseStreamOptions,
} from './index.js';

@Controller('news')
class NewsController {
  @SseStream('events')
  events(topic: string) {
    return channels(`news.${topic}`);
  }
}

@Injectable()
class OptionsService implements SseOptionsFactory {
  createSseOptions(): SseModuleOptions {
    return { connections: { max: 7 } };
  }
}

@Module({ providers: [OptionsService], exports: [OptionsService] })
class OptionsModule {}

describe('SseModule', () => {
  const modules: TestingModule[] = [];
  afterEach(async () => {
    jest.restoreAllMocks();
    for (const module of modules.splice(0)) await module.close();
  });

  async function start(sse: DynamicModule, parts: { controllers?: Type[]; providers?: Type[] } = {}) {
    const module = await Test.createTestingModule({ imports: [sse], ...parts }).compile();
    modules.push(module);
    return module.init();
  }

  it.each<[string, DynamicModule]>([
    ['forRoot()', SseModule.forRoot()],
    ['useFactory', SseModule.forRootAsync({ useFactory: () => ({ connections: { max: 7 } }) })],
    ['useClass', SseModule.forRootAsync({ useClass: OptionsService })],
    ['useExisting', SseModule.forRootAsync({ imports: [OptionsModule], useExisting: OptionsService })],
    ['isGlobal: false', SseModule.forRoot({ isGlobal: false, connections: { max: 7 } })],
  ])('starts with %s', async (_how, sse) => {
    const module = await start(sse, { controllers: [NewsController] });
    expect(module.get(ConnectionRegistry).count).toBe(0);
    await expect(module.get(SseBroadcaster).broadcast({ data: 1 })).resolves.toMatchObject({ id: expect.any(String) });
  });

  it('checks what a factory makes as well', async () => {
    const sse = SseModule.forRootAsync({ useFactory: () => ({ connections: { max: 0 } }) });
    await expect(start(sse)).rejects.toMatchObject({ code: 'SSE_OPTIONS', key: 'connections.max' });
  });

  it.each<[string, SseStreamOptions, string]>([
    ['an unknown key', { compress: true } as SseStreamOptions, 'compress'],
    ['a wrong format', { format: 'xml' } as unknown as SseStreamOptions, 'format'],
    [
      'an option of the module alone',
      { connections: { sweepInterval: 1 } } as SseStreamOptions,
      'connections.sweepInterval',
    ],
  ])('refuses %s of a stream where its class is defined, and names the handler', (_what, options, key) => {
    const define = () => {
      @Controller()
      class WrongController {
        @SseStream('wrong', options)
        wrong() {
          return of(1);
        }
      }
      return WrongController;
    };
    expect(define).toThrow(
      expect.objectContaining({ code: 'SSE_OPTIONS', key: `@SseStream() of WrongController.wrong: ${key}` }),
    );
  });

  it('refuses options of a stream and of the module that do not go together', async () => {
    @Controller()
    class SlowController {
      @SseStream('slow', { heartbeat: { interval: 60_000 }, connections: { idleTimeout: 30_000 } })
      slow() {
        return of(1);
      }
    }
    await expect(start(SseModule.forRoot(), { controllers: [SlowController] })).rejects.toMatchObject({
      key: '@SseStream() of SlowController.slow: heartbeat.interval',
    });
  });

  it('hands the result through where a handler is called by itself, as in a unit test', () => {
    expect(new NewsController().events('sport')).toMatchObject({ names: ['news.sport'] });
  });

  it('warns of a serializing interceptor, which does not see the events of a stream', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    @Controller()
    @UseInterceptors(ClassSerializerInterceptor)
    class SecretController {
      @SseStream('secret')
      secret() {
        return of(1);
      }
    }
    await start(SseModule.forRoot(), { controllers: [SecretController, NewsController] });
    const warnings = warn.mock.calls.map(([message]) => String(message));
    expect(warnings.filter((text) => text.includes('ClassSerializerInterceptor'))).toEqual([
      expect.stringContaining('SecretController.secret'),
    ]);
  });

  it('warns of a hook that is never called, in a request-scoped provider', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    @Injectable({ scope: Scope.REQUEST })
    class Hooks {
      @OnSseOpen()
      opened(): void {}
    }
    await start(SseModule.forRoot(), { providers: [Hooks] });
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('Hooks.opened'));
  });

  it('says when it can publish, to those who try too early', async () => {
    const module = await start(SseModule.forRoot());
    const broadcaster = module.get(SseBroadcaster);
    await module.close();
    modules.length = 0;
    await expect(broadcaster.broadcast({ data: 1 })).rejects.toMatchObject({ code: 'SSE_BACKPLANE' });
  });
});
