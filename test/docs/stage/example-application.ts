import { type INestApplication, type NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type NestExpressApplication } from '@nestjs/platform-express';
import { type NextFunction, type Request, type Response } from 'express';
import { existsSync } from 'node:fs';
import { type ClientHttp2Session, connect } from 'node:http2';
import { type AddressInfo, type Server } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { ConnectionRegistry, SseBroadcaster, SseClock, SsePresence } from 'nestjs-event-stream';
import { SseTestClient, type SseTestInit } from 'nestjs-event-stream/testing';
import { openOverHttp2 } from '../../harness/http2-client.js';
import { EVENTS, setStage } from '../surroundings/stage.js';
import { visitor } from '../surroundings/visitor.js';
import { logger } from './log.js';
import { type Parts } from './parts.js';
import { rootModule } from './root-module.js';

const NOTHING: Parts = { modules: [], controllers: [], providers: [], guards: [], backplanes: [], apps: [] };

/** An application made of the parts of an example and of what surrounds it. */
export class ExampleApplication {
  private session: ClientHttp2Session | undefined;

  private constructor(
    readonly nest: INestApplication,
    readonly url: string,
  ) {}

  /** @param publicFolder whose files it serves, if it exists */
  static async start(parts: Parts = NOTHING, publicFolder = ''): Promise<ExampleApplication> {
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest declares its options as a class
    const options: NestApplicationOptions = { logger, abortOnError: false };
    const nest = await NestFactory.create<NestExpressApplication>(rootModule(parts), options);
    nest.use((request: Request & { user?: unknown }, response: Response, next: NextFunction) => {
      request.user = visitor.user;
      response.once('finish', () => tellOfLostRoute(request, response));
      next();
    });
    if (existsSync(publicFolder)) nest.useStaticAssets(publicFolder);
    return ExampleApplication.listen(nest);
  }

  /** Takes over an application that an example has created. */
  static async listen(nest: INestApplication): Promise<ExampleApplication> {
    await nest.listen(0, '127.0.0.1');
    const server = nest.getHttpServer() as Server;
    const protocol = 'setSecureContext' in server ? 'https' : 'http';
    return new ExampleApplication(nest, `${protocol}://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  /** Sends a request; over HTTP/2 where it speaks TLS, as browsers do. */
  open(path: string, init: SseTestInit): Promise<SseTestClient> {
    if (this.url.startsWith('http:')) return SseTestClient.open(this.url, path, init);
    this.session ??= connect(this.url, { rejectUnauthorized: false });
    return openOverHttp2(this.session, path, init);
  }

  get connections(): ConnectionRegistry {
    return this.nest.get(ConnectionRegistry, { strict: false });
  }

  get broadcaster(): SseBroadcaster {
    return this.nest.get(SseBroadcaster, { strict: false });
  }

  /** Makes it the one that statements mean by `app`, `sse`, `client` and so on. */
  async takeTheStage(): Promise<void> {
    const { nest, broadcaster, url } = this;
    const open = (path: string) => SseTestClient.open(nest, path, { headers: visitor.headers });
    const [client, earlier, refused] = [await open('/news/events'), await open('/feed'), await open('/admin/events')];
    await open('/full/events');
    const connection = [...this.connections.byChannel('news')][0]!;
    await earlier.close();
    let last: string | undefined;
    for (const event of EVENTS) last = (await broadcaster.toChannel('news', event)).id;
    while (client.lastEventId !== last) await turn();
    const presence = nest.get(SsePresence, { strict: false });
    const clock = nest.get(SseClock, { strict: false });
    setStage({ app: nest, sse: broadcaster, presence, client, clock, connection, earlier, refused, url });
  }

  async close(): Promise<void> {
    this.session?.destroy();
    await this.nest.close();
  }
}

/** Nobody who only looks at what comes would notice that there is no such route. */
function tellOfLostRoute({ method, originalUrl, route }: Request, { statusCode }: Response): void {
  if (statusCode === 404 && !route && originalUrl !== '/favicon.ico')
    logger.error(`No route for ${method} ${originalUrl}`);
}
