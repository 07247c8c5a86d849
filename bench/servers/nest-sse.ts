import { Controller, type MessageEvent, Module, Sse } from '@nestjs/common';
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
  const { port } = await startNest(EventsModule);
  return { port, publish: (event) => events.next(event) };
});
