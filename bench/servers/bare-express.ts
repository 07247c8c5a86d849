import { Controller, Get, Module, Res } from '@nestjs/common';
import { type Response } from 'express';
import { startNest } from './nest-server.js';
import { serve } from './serve.js';

/** The least that a handler behind Nest can do to open a stream. It sends nothing later. */
@Controller()
class EventsController {
  @Get('events')
  events(@Res() response: Response) {
    response.setHeader('Content-Type', 'text/event-stream');
    response.setHeader('Cache-Control', 'no-cache, no-transform');
    response.flushHeaders();
    response.write('retry: 3000\n\n');
  }
}

@Module({ controllers: [EventsController] })
class EventsModule {}

serve(async () => {
  const { port } = await startNest(EventsModule);
  return {
    port,
    publish: () => {
      throw new Error('This server only opens streams');
    },
  };
});
