import { type ExecutionContext, Injectable } from '@nestjs/common';
import { type SseRefusedException } from '../connections/sse-refused.exception.js';
import { refuseAtOpening } from '../streaming/pending-refusals.js';
import { announceRetry, isRefusedByRetry } from '../streaming/refusal.js';
import { STREAM_ROUTE } from '../streaming/sse-stream.decorator.js';
import { type StreamRoute, StreamRoutes } from '../streaming/stream-route.js';
import { type HttpExchange } from '../transport/http-exchange.js';

/** The stream that a request is for; nothing if its handler is no `@SseStream()`. */
export function streamRouteOf(context: ExecutionContext): StreamRoute | undefined {
  return Reflect.getMetadata(STREAM_ROUTE, context.getHandler()) as StreamRoute | undefined;
}

/** Refusals by guards that tell when to come back. */
@Injectable()
export class GuardRefusals {
  constructor(private readonly routes: StreamRoutes) {}

  /** Throws the refusal; or leaves it to the opener of the stream, where it is not answered by a status. */
  refuse(refusal: SseRefusedException, exchange: HttpExchange, context: ExecutionContext): void {
    const route = streamRouteOf(context);
    const settings = route && this.routes.settingsOf(route, context.getClass());
    if (settings && isRefusedByRetry(exchange, settings.connections.refusal)) {
      refuseAtOpening(exchange.request, refusal);
      return;
    }
    announceRetry(exchange, refusal);
    throw refusal;
  }
}
