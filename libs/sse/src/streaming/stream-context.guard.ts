import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import * as nest from '@nestjs/common';
import { LazyAborter } from '../connections/lazy-aborter.js';
import { SseError } from '../protocol/sse-error.js';

/** What the wrapped handler needs of the time before it ran. */
export interface StreamContext {
  readonly execution: ExecutionContext;
  readonly aborter: LazyAborter;
}

/** Beside the requests rather than on them: a property more changes the shape of a request, which then is its own. */
const contexts = new WeakMap<object, StreamContext>();

/** Where Nest's own `@SseSignal()` looks for an AbortController; older versions of Nest 11 do not know it. */
const NEST_SIGNAL = (nest as { SSE_ABORT_CONTROLLER?: symbol }).SSE_ABORT_CONTROLLER;

/**
 * Lets everybody through, and keeps the ExecutionContext, which `identify` takes and a handler is not given. Nest fills
 * parameters after the guards and before the handler, so its own `@SseSignal()` is provided for here.
 */
@Injectable()
export class StreamContextGuard implements CanActivate {
  canActivate(execution: ExecutionContext): boolean {
    const request = execution.switchToHttp().getRequest<Record<symbol, unknown>>();
    const context: StreamContext = { execution, aborter: new LazyAborter() };
    contexts.set(request, context);
    if (NEST_SIGNAL) request[NEST_SIGNAL] = context.aborter;
    return true;
  }
}

/** The request outlives the opening of its stream; its context does not. */
export function takeStreamContext(request: object): StreamContext {
  const context = contexts.get(request);
  if (!context)
    throw new SseError('SSE_CONTEXT', 'The guard of @SseStream() did not run: do not replace its metadata.');
  contexts.delete(request);
  return context;
}
