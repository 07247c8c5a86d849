import { Controller, Module } from '@nestjs/common';
import { channels, SseBroadcaster, SseModule, SseStream } from 'nestjs-event-stream';
import { startNest } from './nest-server.js';
import { serve } from './serve.js';

@Controller()
class EventsController {
  @SseStream('events')
  events() {
    return channels('bench');
  }
}

@Module({ imports: [SseModule.forRoot({ connections: { max: null } })], controllers: [EventsController] })
class EventsModule {}

serve(async () => {
  const { app, port } = await startNest(EventsModule);
  const broadcaster = app.get(SseBroadcaster);
  return {
    port,
    // The id is the channel's own, so that clients can resume.
    publish: ({ type, data }) => void broadcaster.toChannel('bench', { type, data }),
  };
});
