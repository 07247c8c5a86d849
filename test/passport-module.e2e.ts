import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Controller,
  type ExecutionContext,
  Get,
  type INestApplication,
  Injectable,
  Module,
  type ModuleMetadata,
  Req,
  UseGuards,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { channels, SseBroadcaster, SseModule, SseStream } from 'nestjs-event-stream';
import {
  SseJwtAuthGuard,
  SseJwtModule,
  type SseJwtOptions,
  type SseJwtOptionsFactory,
  type SseJwtPayload,
} from 'nestjs-event-stream/passport';
import { SseTestClient } from 'nestjs-event-stream/testing';
import { token } from './harness/tokens.js';

const SECRET = 'the secret of this test, of more than 32 bytes';
const HS256 = { secretOrKey: SECRET, algorithms: ['HS256'] } satisfies SseJwtOptions;

@Controller('jwt')
@UseGuards(SseJwtAuthGuard)
class JwtController {
  @SseStream()
  events() {
    return channels('jwt');
  }

  @Get('me')
  me(@Req() request: { user: unknown }) {
    return request.user;
  }
}

const running: INestApplication[] = [];
afterEach(async () => {
  for (const app of running.splice(0)) await app.close();
});

async function start(parts: ModuleMetadata, cookies?: object): Promise<INestApplication> {
  const module = await Test.createTestingModule(parts).compile();
  module.useLogger(false);
  const app = module.createNestApplication();
  running.push(app);
  if (cookies)
    app.use((request: object, _response: object, next: () => void) => {
      Object.assign(request, { cookies });
      next();
    });
  await app.listen(0, '127.0.0.1');
  return app;
}

function ask(app: INestApplication, payload: object, key = SECRET): Promise<SseTestClient> {
  return SseTestClient.open(app, '/jwt/me', { headers: { authorization: `Bearer ${token({ key, payload })}` } });
}

describe('SseJwtModule', () => {
  it.each([
    ['register()', SseJwtModule.register(HS256)],
    ['registerAsync() with a factory', SseJwtModule.registerAsync({ useFactory: async () => HS256 })],
    ['registerAsync() with a class', SseJwtModule.registerAsync({ useClass: optionsClass() })],
    ['registerAsync() with a provider', asyncWithProvider()],
  ])('is imported with %s', async (_name, jwt) => {
    const app = await start({ imports: [SseModule.forRoot(), jwt], controllers: [JwtController] });

    expect((await ask(app, { sub: 'ann' })).status).toBe(200);
    expect((await ask(app, { sub: 'ann' }, 'another')).status).toBe(401);
  });

  it('works where neither it nor SseModule is global, in a module that imports both', async () => {
    const sse = SseModule.forRoot({ isGlobal: false });
    const jwt = SseJwtModule.register({ ...HS256, isGlobal: false });

    @Module({ imports: [sse, jwt], controllers: [JwtController] })
    class StreamsModule {}
    const app = await start({ imports: [StreamsModule] });

    expect((await ask(app, { sub: 'ann' })).status).toBe(200);
  });

  it('of one application leaves that of another in the same process alone', async () => {
    const other = { ...HS256, secretOrKey: 'the secret of another application' };
    const parts = (options: SseJwtOptions): ModuleMetadata => ({
      imports: [SseModule.forRoot(), SseJwtModule.register(options)],
      controllers: [JwtController],
    });
    const [one, two] = [await start(parts(HS256)), await start(parts(other))];

    expect((await ask(one, {}, SECRET)).status).toBe(200);
    expect((await ask(two, {}, other.secretOrKey)).status).toBe(200);
    expect((await ask(one, {}, other.secretOrKey)).status).toBe(401);
    expect((await ask(two, {}, SECRET)).status).toBe(401);
  });

  it('takes a cookie from the cookie parser of the application', async () => {
    const parts: ModuleMetadata = {
      imports: [SseModule.forRoot(), SseJwtModule.register({ ...HS256, from: ['cookie'] })],
      controllers: [JwtController],
    };
    const app = await start(parts, { token: token({ key: SECRET, payload: { sub: 'ann' } }) });

    expect((await SseTestClient.open(app, '/jwt')).status).toBe(200);
  });
});

describe('SseJwtAuthGuard', () => {
  it('is for all routes as APP_GUARD', async () => {
    const app = await start({
      imports: [SseModule.forRoot(), SseJwtModule.register(HS256)],
      controllers: [JwtController],
      providers: [{ provide: APP_GUARD, useClass: SseJwtAuthGuard }],
    });

    expect((await ask(app, {})).status).toBe(200);
    expect((await SseTestClient.open(app, '/jwt')).status).toBe(401);
  });

  it('can be extended: with users of the application, and a constructor of its own', async () => {
    @Injectable()
    class Users {
      find(id: string | undefined) {
        return id === 'ann' ? { id, name: 'Ann' } : undefined;
      }
    }

    @Injectable()
    class UserGuard extends SseJwtAuthGuard {
      constructor(private readonly users: Users) {
        super();
      }

      protected override async validate({ sub, exp }: SseJwtPayload, context: ExecutionContext) {
        const user = this.users.find(sub);
        return user && { ...user, exp, handler: context.getHandler().name };
      }
    }

    @Controller('jwt')
    @UseGuards(UserGuard)
    class UserController {
      @Get('me')
      me(@Req() request: { user: unknown }) {
        return request.user;
      }
    }
    const app = await start({
      imports: [SseModule.forRoot(), SseJwtModule.register(HS256)],
      controllers: [UserController],
      providers: [Users],
    });

    expect(JSON.parse(await (await ask(app, { sub: 'ann' })).text())).toEqual({
      id: 'ann',
      name: 'Ann',
      handler: 'me',
    });
    const unknown = await ask(app, { sub: 'bob' });
    expect([unknown.status, unknown.headers.get('www-authenticate')]).toEqual([401, 'Bearer error="invalid_token"']);
  });

  it('keeps out whom the application knows, and has disconnected, by another id than the token has', async () => {
    @Injectable()
    class AccountGuard extends SseJwtAuthGuard {
      protected override validate({ sub }: SseJwtPayload) {
        return { id: `account of ${sub}` };
      }
    }

    @Controller('jwt')
    @UseGuards(AccountGuard)
    class AccountController {
      @Get('me')
      me() {
        return {};
      }
    }
    const app = await start({
      imports: [SseModule.forRoot(), SseJwtModule.register(HS256)],
      controllers: [AccountController],
    });
    const iat = Math.floor(Date.now() / 1_000) - 60;
    expect((await ask(app, { sub: 'ann', iat })).status).toBe(200);

    await app.get(SseBroadcaster).disconnect({ user: 'account of ann' });

    expect((await ask(app, { sub: 'ann', iat })).status).toBe(401);
    expect((await ask(app, { sub: 'bob', iat })).status).toBe(200);
  });
});

function optionsClass() {
  @Injectable()
  class Options implements SseJwtOptionsFactory {
    createSseJwtOptions() {
      return HS256;
    }
  }
  return Options;
}

function asyncWithProvider() {
  const Options = optionsClass();

  @Module({ providers: [Options], exports: [Options] })
  class ConfigModule {}
  return SseJwtModule.registerAsync({ imports: [ConfigModule], useExisting: Options });
}
