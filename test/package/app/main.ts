// An application as `nest new` makes it, with one stream: compiled with Nest's own settings, run on each platform and Node.
import { Body, Controller, Module, Param, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type Server } from 'node:net';
import { channels, SseBroadcaster, SseModule, SseStream } from 'nestjs-event-stream';

@Controller('rooms')
class RoomsController {
  constructor(private readonly sse: SseBroadcaster) {}

  @SseStream(':room/events')
  events(@Param('room') room: string) {
    return channels(`room.${room}`);
  }

  @Post(':room/messages')
  async post(@Param('room') room: string, @Body() message: { text: string }) {
    return this.sse.toChannel(`room.${room}`, { type: 'message', data: message });
  }
}

@Module({ imports: [SseModule.forRoot()], controllers: [RoomsController] })
class AppModule {}

async function bootstrap() {
  const adapter = process.argv[2] === 'fastify' ? new FastifyAdapter() : new ExpressAdapter();
  const app = await NestFactory.create(AppModule, adapter);
  app.enableShutdownHooks();
  await app.listen(0, '127.0.0.1');
  console.log(JSON.stringify((app.getHttpServer() as Server).address()));
}

void bootstrap();
