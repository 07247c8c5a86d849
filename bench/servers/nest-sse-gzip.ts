import { Controller, type MessageEvent, Module, Sse } from '@nestjs/common';
import compression from 'compression';
import { type NextFunction, type Request, type Response } from 'express';
import { type OutgoingHttpHeaders } from 'node:http';
import { constants } from 'node:zlib';
import { Subject } from 'rxjs';
import { startNest } from './nest-server.js';
import { serve } from './serve.js';

const events = new Subject<MessageEvent>();

@Controller()
class EventsController {
  @Sse('events')
  events() {
    return events;
  }
}

@Module({ controllers: [EventsController] })
class EventsModule {}

serve(async () => {
  const { port } = await startNest(EventsModule, {
    configure: (app) => {
      // An event must leave when it is written. Its documentation says to call `flush()` after each write, which nobody
      // can do behind @Sse; zlib does the same with this option.
      app.use(compression({ flush: constants.Z_SYNC_FLUSH }));
      app.use(allowTransformation);
    },
  });
  return { port, publish: (event) => events.next(event) };
});

/** @Sse says `no-transform`, which `compression` obeys: without this it compresses nothing. */
function allowTransformation(_request: Request, response: Response, next: NextFunction): void {
  const writeHead = response.writeHead.bind(response);
  response.writeHead = ((status: number, headers?: OutgoingHttpHeaders) =>
    writeHead(status, { ...headers, 'Cache-Control': 'private, no-cache, no-store' })) as Response['writeHead'];
  next();
}
