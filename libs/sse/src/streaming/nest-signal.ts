import 'reflect-metadata';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import * as nest from '@nestjs/common';
import { LazyAborter } from '../connections/lazy-aborter.js';

/** Nest's metadata of the parameters of a handler, by the kind of parameter and its index. */
const NEST_PARAMETERS = '__routeArguments__';

/** Nest's own decorator, and where it looks for an AbortController; older versions of Nest 11 have neither. */
const { SSE_ABORT_CONTROLLER: NEST_SIGNAL, SseSignal: NestSseSignal } = nest as {
  SSE_ABORT_CONTROLLER?: symbol;
  SseSignal?: () => ParameterDecorator;
};

/**
 * Whether the handler has a parameter with Nest's own `@SseSignal()`, as it has who comes from `@Sse()`. Nest fills it
 * after the guards and before the handler runs, so that it must be provided for on the request by then.
 */
export function usesNestSignal(target: object, key: string | symbol): boolean {
  if (!NestSseSignal) return false;
  const kind = kindOfNestSignal(NestSseSignal);
  return kind === undefined || kindsOf(target.constructor, key).includes(kind);
}

/** Lets everybody through, and gives Nest's `@SseSignal()` the signal of the stream that is to be opened. */
@Injectable()
export class NestSignalGuard implements CanActivate {
  canActivate(execution: ExecutionContext): boolean {
    const request = execution.switchToHttp().getRequest<Record<symbol, unknown>>();
    if (NEST_SIGNAL) request[NEST_SIGNAL] = new LazyAborter();
    return true;
  }
}

/** The aborter that the guard has given to a request, if it has. */
export function aborterOf(request: object): LazyAborter | undefined {
  const prepared = NEST_SIGNAL && (request as Record<symbol, unknown>)[NEST_SIGNAL];
  return prepared instanceof LazyAborter ? prepared : undefined;
}

/** Nest names each decorator that `createParamDecorator()` made at random: an example tells the name. */
function kindOfNestSignal(decorator: () => ParameterDecorator): string | undefined {
  const Example = function () {};
  decorator()(Example.prototype as object, 'example', 0);
  return kindsOf(Example, 'example')[0];
}

function kindsOf(controller: object, key: string | symbol): string[] {
  const parameters = (Reflect.getMetadata(NEST_PARAMETERS, controller, key) ?? {}) as object;
  return Object.keys(parameters).map((name) => name.replace(/:\d+$/, ''));
}
