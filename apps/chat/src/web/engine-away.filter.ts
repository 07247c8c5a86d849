import { type ArgumentsHost, Catch, type ExceptionFilter, HttpStatus } from '@nestjs/common';
import { type Response } from 'express';
import { SseBackplaneError } from 'nestjs-event-stream';

/** Redis is away: whoever asked for something is told to try again. Open streams just wait for it. */
@Catch(SseBackplaneError)
export class EngineAwayFilter implements ExceptionFilter<SseBackplaneError> {
  catch(_: SseBackplaneError, host: ArgumentsHost): void {
    const statusCode = HttpStatus.SERVICE_UNAVAILABLE;
    const message = 'The chat can not reach its Redis at the moment: try again';
    host.switchToHttp().getResponse<Response>().status(statusCode).json({ statusCode, message });
  }
}
