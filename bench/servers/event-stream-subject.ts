import { Controller, type MessageEvent, Module } from '@nestjs/common';
import { SseModule, SseStream } from 'nestjs-event-stream';
import { Subject } from 'rxjs';
import { startNest } from './nest-server.js';
import { serve } from './serve.js';
import { unrestrained } from './unrestrained.js';

const events = new Subject<MessageEvent>();

/** The code of `nest-sse.ts` with another decorator, and nothing else changed. */
@Controller()
class EventsController {
  @SseStream('events')
  events() {
    return events;
  }
}

@Module({ imports: [SseModule.forRoot(unrestrained)], controllers: [EventsController] })
class EventsModule {}

serve(async () => {
  const { port } = await startNest(EventsModule);
  return { port, publish: (event) => events.next(event) };
});
