import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import * as nest from '@nestjs/common';
import { LazyAborter } from '../connections/lazy-aborter.js';

/** What the wrapped handler needs of the time before it ran. */
export interface StreamContext {
  readonly execution: ExecutionContext;
  readonly aborter: LazyAborter;
}

const CONTEXT = Symbol('sse:context');
type Carrier = Record<symbol, unknown>;

/** Where Nest's own `@SseSignal()` looks for an AbortController; older versions of Nest 11 do not know it. */
const NEST_SIGNAL = (nest as { SSE_ABORT_CONTROLLER?: symbol }).SSE_ABORT_CONTROLLER;

/**
 * Lets everybody through, and keeps the ExecutionContext, which `identify` takes and a handler is not given. Nest fills
 * parameters after the guards and before the handler, so its own `@SseSignal()` is provided for here.
 */
@Injectable()
export class StreamContextGuard implements CanActivate {
  canActivate(execution: ExecutionContext): boolean {
    const request = execution.switchToHttp().getRequest<Carrier>();
    const context: StreamContext = { execution, aborter: new LazyAborter() };
    request[CONTEXT] = context;
    if (NEST_SIGNAL) request[NEST_SIGNAL] = context.aborter;
    return true;
  }
}

/** Takes the context off the request, which outlives the opening of the stream. */
export function takeStreamContext(request: object): StreamContext {
  const carrier = request as Carrier;
  const context = carrier[CONTEXT] as StreamContext;
  carrier[CONTEXT] = undefined;
  return context;
}
