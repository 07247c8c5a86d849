import {
  Body,
  type CanActivate,
  Controller,
  Get,
  Injectable,
  Param,
  Post,
  RequestMethod,
  UseGuards,
} from '@nestjs/common';
import { channels, LastEventId, sseEvent, SseSignal, SseStream } from 'nestjs-event-stream';
import { model, NewsController, OrdersService, UsersService } from './readers-own.js';

@Injectable()
class NobodyMayGuard implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

/** The routes that the documents name without showing their controllers. */
@Controller()
class RoutesController {
  @Get()
  home(): string {
    return 'home';
  }

  @SseStream('events')
  events() {
    return channels('news');
  }

  /** One stream is open already, see the stage. */
  @SseStream('full/events', { connections: { max: 1 } })
  full() {
    return channels('news');
  }

  @UseGuards(NobodyMayGuard)
  @SseStream('admin/events')
  admin() {
    return channels('admin');
  }

  @SseStream('rooms/:room/events')
  room(@Param('room') room: string) {
    return channels(`room.${room}`, room);
  }

  @SseStream('feed')
  async *feed(@LastEventId() lastEventId: string | undefined) {
    for (let id = Number(lastEventId ?? '0') + 1; ; id++) yield { id: String(id), data: { id } };
  }

  /** The question may have any name in the body. */
  @SseStream('answer', { method: RequestMethod.POST, format: 'raw' })
  async *answer(@Body() question: object, @SseSignal() signal: AbortSignal) {
    yield* model.stream(JSON.stringify(question), { signal });
    yield sseEvent({ type: 'done', data: '[DONE]' });
  }

  @SseStream('v1/chat/completions', { preset: 'openai' })
  async *complete(@Body() question: object, @SseSignal() signal: AbortSignal) {
    yield* model.stream(JSON.stringify(question), { signal });
  }

  @SseStream('jobs/:job/progress')
  async *progress() {
    yield { type: 'progress', data: { percent: 50 } };
    yield { type: 'done', data: { percent: 100 } };
  }

  @Post('import')
  import(): string {
    return 'imported';
  }

  @Post('session/renew')
  renew(): string {
    return 'renewed';
  }
}

/** Behind the example's own, which come first. */
export const CONTROLLERS = [NewsController, RoutesController];
export const PROVIDERS = [NobodyMayGuard, OrdersService, UsersService];
