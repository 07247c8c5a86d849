import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type ArgumentsHost,
  Catch,
  Controller,
  type DynamicModule,
  type ExceptionFilter,
  type INestApplication,
  Injectable,
  Module,
  Query,
} from '@nestjs/common';
import { type NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { type Response } from 'express';
import {
  channels,
  ConnectionRegistry,
  CurrentConnection,
  SseBroadcaster,
  type SseConnection,
  SseModule,
  type SseModuleOptions,
  type SseOptionsFactory,
  SseRefusedException,
  SseStream,
} from 'nestjs-event-stream';
import { SseTestClient } from 'nestjs-event-stream/testing';
import { of } from 'rxjs';
import { unique } from './harness/use-server.js';

@Controller()
class StreamsController {
  @SseStream('room')
  room() {
    return channels('room');
  }

  @SseStream('me')
  me(@CurrentConnection() { userId, permissions }: SseConnection) {
    return of({ data: { userId: userId ?? null, permissions } });
  }

  @SseStream('many')
  many(@Query('count') count: string) {
    return channels(...Array.from({ length: Number(count) }, (_, n) => `room.${n}`));
  }
}

@Injectable()
class FewConnections implements SseOptionsFactory {
  createSseOptions(): SseModuleOptions {
    return { connections: { max: 1 } };
  }
}

@Module({ providers: [FewConnections], exports: [FewConnections] })
class ConfigurationModule {}

@Catch(SseRefusedException)
class PoliteFilter implements ExceptionFilter<SseRefusedException> {
  catch(refusal: SseRefusedException, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    response.status(refusal.getStatus()).json({ polite: true, code: refusal.code });
  }
}

// In the process of the test itself, as an application's own tests do it.
describe('an application under test', () => {
  let app: INestApplication;

  afterEach(() => app.close());

  async function create(sse: DynamicModule, prepare?: (app: INestApplication) => void): Promise<void> {
    const module = await Test.createTestingModule({ imports: [sse], controllers: [StreamsController] }).compile();
    module.useLogger(false);
    app = module.createNestApplication();
    prepare?.(app);
  }

  function asUser(user: object | null): (app: INestApplication) => void {
    return (it) =>
      it.use((request: { user?: unknown }, _response: unknown, next: () => void) => {
        request.user = user;
        next();
      });
  }

  it('is started by the client that opens the first stream', async () => {
    await create(SseModule.forRoot());

    const client = await SseTestClient.open(app, '/room');
    const { id } = await app.get(SseBroadcaster).toChannel('room', { type: 'hi', data: { n: 1 } });

    expect(await client.next({ type: 'hi' })).toMatchObject({ id, data: '{"n":1}' });
    expect(app.get(ConnectionRegistry).count).toBe(1);
    await client.close();
  });

  it.each<[string, () => DynamicModule]>([
    ['forRoot', () => SseModule.forRoot({ connections: { max: 1 } })],
    [
      'forRootAsync with useFactory',
      () => SseModule.forRootAsync({ useFactory: async () => ({ connections: { max: 1 } }) }),
    ],
    [
      'forRootAsync with useFactory and inject',
      () =>
        SseModule.forRootAsync({
          imports: [ConfigurationModule],
          inject: [FewConnections],
          useFactory: (configuration: FewConnections) => configuration.createSseOptions(),
        }),
    ],
    ['forRootAsync with useClass', () => SseModule.forRootAsync({ useClass: FewConnections })],
    [
      'forRootAsync with useExisting',
      () => SseModule.forRootAsync({ imports: [ConfigurationModule], useExisting: FewConnections }),
    ],
    ['forRoot that is not global', () => SseModule.forRoot({ isGlobal: false, connections: { max: 1 } })],
  ])('takes its options by %s', async (_name, sse) => {
    await create(sse());

    const first = await SseTestClient.open(app, '/room');
    const second = await SseTestClient.open(app, '/room');

    expect([first.status, second.status]).toEqual([200, 503]);
    await first.close();
  });

  it('does not start with wrong options', async () => {
    await expect(create(SseModule.forRoot({ connections: { max: 0 } }))).rejects.toMatchObject({
      name: 'SseOptionsError',
      key: 'connections.max',
      value: 0,
    });
    await create(SseModule.forRoot());
  });

  it('answers refusals by its own filter', async () => {
    await create(SseModule.forRoot({ connections: { max: 1 } }), (it) => it.useGlobalFilters(new PoliteFilter()));
    const first = await SseTestClient.open(app, '/room');

    const second = await SseTestClient.open(app, '/room');

    expect(JSON.parse(await second.text())).toEqual({ polite: true, code: 'SSE_MAX_CONNECTIONS' });
    await first.close();
  });

  it('works under a global prefix', async () => {
    await create(SseModule.forRoot(), (it) => it.setGlobalPrefix('api'));

    expect((await SseTestClient.open(app, '/api/me')).status).toBe(200);
  });

  it("counts addresses as the platform's rules on proxies see them", async () => {
    await create(SseModule.forRoot({ connections: { maxPerIp: 1 } }), (it) =>
      (it as NestExpressApplication).set('trust proxy', true),
    );
    const from = (address: string) => SseTestClient.open(app, '/room', { headers: { 'x-forwarded-for': address } });

    const clients = [await from('10.0.0.1'), await from('10.0.0.2'), await from('10.0.0.1')];

    expect(clients.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(app.get(ConnectionRegistry).all()[0]!.remoteAddress).toBe('10.0.0.1');
    await Promise.all(clients.map((client) => client.close()));
  });

  describe('identifies users', () => {
    it.each<[string, object | null, unknown]>([
      ['by userId', { userId: 'u', id: 'no', sub: 'no' }, { userId: 'u', permissions: [] }],
      ['by id, a number', { id: 7, sub: 'no' }, { userId: '7', permissions: [] }],
      [
        'by the sub and scope of a token',
        { sub: 's', scope: 'read write' },
        { userId: 's', permissions: ['read', 'write'] },
      ],
      [
        'by a list of permissions',
        { id: 'u', permissions: ['read'], scope: 'no' },
        { userId: 'u', permissions: ['read'] },
      ],
      ['not without an id', { name: 'nobody' }, { userId: null, permissions: [] }],
      ['not without a user', null, { userId: null, permissions: [] }],
    ])('%s', async (_how, user, expected) => {
      await create(SseModule.forRoot(), asUser(user));

      expect((await (await SseTestClient.open(app, '/me')).next()).json()).toEqual(expected);
    });

    it('by its own rule, which may take its time', async () => {
      await create(
        SseModule.forRoot({
          identify: async (context) => {
            await Promise.resolve();
            const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string> }>();
            return { userId: headers['x-me'] ?? 'unknown', permissions: ['own'] };
          },
        }),
      );

      const client = await SseTestClient.open(app, '/me', { headers: { 'x-me': 'by header' } });

      expect((await client.next()).json()).toEqual({ userId: 'by header', permissions: ['own'] });
    });
  });

  it('serialises by its own rule', async () => {
    await create(SseModule.forRoot({ serializer: (data) => `<${JSON.stringify(data)}>` }));
    const client = await SseTestClient.open(app, '/room');

    await app.get(SseBroadcaster).toChannel('room', { data: { n: 1 } });
    await app.get(SseBroadcaster).toChannel('room', { data: 'text' });

    expect((await client.take(2)).map(({ data }) => data)).toEqual(['<{"n":1}>', 'text']);
    await client.close();
  });

  it('limits the size of an event', async () => {
    await create(SseModule.forRoot({ maxEventBytes: 10 }));
    await app.init();

    const broadcaster = app.get(SseBroadcaster);
    await expect(broadcaster.toChannel('room', { data: 'x'.repeat(10) })).resolves.toBeDefined();
    await expect(broadcaster.toChannel('room', { data: 'é'.repeat(6) })).rejects.toMatchObject({
      code: 'SSE_EVENT_TOO_LARGE',
    });
  });

  it('limits the channels of a stream', async () => {
    await create(SseModule.forRoot({ connections: { maxChannels: 3 } }));

    const fits = await SseTestClient.open(app, '/many?count=3');
    const refused = await SseTestClient.open(app, '/many?count=4');
    const [connection] = app.get(ConnectionRegistry).all();

    expect([fits.status, refused.status]).toEqual([200, 400]);
    await expect(connection!.subscribe('room.4')).rejects.toThrow('3 channels');
    await fits.close();
  });

  it('may call a stream method without a request, and gets what it returned', async () => {
    await create(SseModule.forRoot());
    await app.init();
    const controller = app.get(StreamsController);

    expect(controller.room()).toEqual(channels('room'));
  });

  it('does not hang at its close, however many streams are open', async () => {
    await create(SseModule.forRoot());
    const clients = await Promise.all(Array.from({ length: 5 }, () => SseTestClient.open(app, `/room?${unique()}`)));

    await app.close();

    for (const client of clients) expect((await client.untilClosed()).at(-1)?.type).toBe('sse:closing');
  });
});
