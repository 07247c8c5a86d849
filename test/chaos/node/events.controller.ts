import { Body, Controller, Get, HttpException, Post, Query } from '@nestjs/common';
import { channels, type Published, SseBroadcaster, SseError, SseStream } from 'nestjs-event-stream';
import { type PublishRequest } from './settings.js';

@Controller()
export class EventsController {
  constructor(private readonly sse: SseBroadcaster) {}

  @SseStream('events')
  events(@Query('channels') names: string) {
    return channels(...names.split(','));
  }

  @Post('publish')
  async publish(@Body() request: PublishRequest): Promise<Published> {
    try {
      return await this.pass(request);
    } catch (error) {
      const code = error instanceof SseError ? (error as SseError).code : 'UNKNOWN';
      throw new HttpException({ code, message: String(error) }, code === 'SSE_BACKPLANE' ? 503 : 500);
    }
  }

  @Get('health')
  health() {
    return { status: 'up' };
  }

  private pass({ to, data, options = {} }: PublishRequest): Promise<Published> {
    if (to === 'all') return this.sse.broadcast({ data }, options);
    if ('channel' in to) return this.sse.toChannel(to.channel, { data }, options);
    return this.sse.toUser(to.user, { data }, { ...options, queue: to.queue });
  }
}
