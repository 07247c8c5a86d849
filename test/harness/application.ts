import { afterEach } from '@jest/globals';
import {
  type ExecutionContext,
  type INestApplication,
  type NestApplicationOptions,
  type Provider,
  type Type,
} from '@nestjs/common';
import { type NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { type NextFunction, type Request, type Response } from 'express';
import { type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import {
  ConnectionRegistry,
  SseBroadcaster,
  type SseIdentity,
  SseModule,
  type SseModuleOptions,
  SsePresence,
} from 'nestjs-event-stream';
import { SseTestClient, type SseTestInit } from 'nestjs-event-stream/testing';
import { filter, firstValueFrom, merge, timeout } from 'rxjs';
import { RawSocket } from './raw-socket.js';

/** What an application of a test's own is made of. */
export interface ApplicationParts {
  controllers: Type[];
  providers?: Provider[];
  options?: SseModuleOptions;
  middleware?: (request: Request, response: Response, next: NextFunction) => void;
  /** Options of the HTTPS server, for one that speaks TLS. */
  https?: object;
}

const PATIENCE = 5_000;

/** An application of a test's own controllers, on Express and in the process of the test: what it throws fails the test. */
export class Application {
  readonly clients = new Set<{ close(): unknown }>();

  private constructor(private readonly app: INestApplication) {}

  static async start({ controllers, providers, options, middleware, https }: ApplicationParts): Promise<Application> {
    const sse = SseModule.forRoot({ identify: identifyByHeaders, ...options });
    const module = await Test.createTestingModule({ imports: [sse], controllers, providers }).compile();
    module.useLogger(false);
    const secure: Pick<NestApplicationOptions, 'httpsOptions'> = { httpsOptions: https };
    const app = module.createNestApplication<NestExpressApplication>(secure);
    if (middleware) app.use(middleware);
    await app.listen(0, '127.0.0.1');
    return new Application(app);
  }

  get connections(): ConnectionRegistry {
    return this.app.get(ConnectionRegistry);
  }

  get broadcaster(): SseBroadcaster {
    return this.app.get(SseBroadcaster);
  }

  get presence(): SsePresence {
    return this.app.get(SsePresence);
  }

  get server(): Server {
    return this.app.getHttpServer() as Server;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get<T>(type: Type<T>): T {
    return this.app.get(type, { strict: false });
  }

  /** Opens a stream; it is closed after the test. */
  open(path: string, init?: SseTestInit): Promise<SseTestClient> {
    const opening = SseTestClient.open(this.app, path, init);
    // A test that fails before it looks at its client is not to fail all others by that.
    opening.then(
      (client) => this.clients.add(client),
      () => undefined,
    );
    return opening;
  }

  async connect(): Promise<RawSocket> {
    const socket = await RawSocket.connect(this.port);
    this.clients.add(socket);
    return socket;
  }

  /** Waits until so many connections are registered. */
  async untilCount(count: number): Promise<void> {
    const { opened$, closed$ } = this.connections;
    if (this.connections.count === count) return;
    const isThere = filter(() => this.connections.count === count);
    await firstValueFrom(merge(opened$, closed$).pipe(isThere, timeout(PATIENCE)));
  }

  /** `app.close()`; rejects if it does not come to its end. */
  async close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('The application did not close in time')), PATIENCE);
    });
    await Promise.race([this.app.close(), late]).finally(() => clearTimeout(timer));
  }

  /** After the test, also where it has failed. */
  async dispose(): Promise<void> {
    for (const client of this.clients) await client.close();
    this.server.closeAllConnections();
    await this.close();
  }
}

/** Starts applications; they and their clients are closed after each test. */
export function useApplications(): (parts: ApplicationParts) => Promise<Application> {
  const running: Application[] = [];
  afterEach(async () => {
    for (const app of running.splice(0)) await app.dispose();
  });
  return async (parts) => {
    const app = await Application.start(parts);
    running.push(app);
    return app;
  };
}

/** Headers by which a request is that of a user. */
export function as(user: string, ...permissions: string[]): SseTestInit {
  return { headers: { 'x-user': user, 'x-permissions': permissions.join(' ') } };
}

function identifyByHeaders(context: ExecutionContext): SseIdentity | undefined {
  const { headers } = context.switchToHttp().getRequest<Request>();
  const userId = headers['x-user'];
  if (typeof userId !== 'string') return undefined;
  const permissions = String(headers['x-permissions'] ?? '').split(' ');
  return { userId, permissions: permissions.filter((name) => name !== '') };
}

/** Lets everything happen that is under way and needs no I/O. */
export async function settled(): Promise<void> {
  for (let turns = 0; turns < 5; turns++) await turn();
}
