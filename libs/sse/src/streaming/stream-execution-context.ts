/* eslint-disable @typescript-eslint/no-unnecessary-type-parameters -- so the interface is declared by Nest */
import { type ContextType, type ExecutionContext, type Type } from '@nestjs/common';

/** What a platform calls a handler with. */
type HttpArguments = readonly [request: object, response: object];

/**
 * The ExecutionContext of a stream's handler, for `identify`. Nest gives its own to guards, interceptors and pipes, and
 * keeping that for the handler costs a property or an entry for each request, a tenth of what opening a stream costs.
 */
export class StreamExecutionContext implements ExecutionContext {
  constructor(
    private readonly args: HttpArguments,
    private readonly controller: Type,
    private readonly handler: () => unknown,
  ) {}

  getClass<T>(): Type<T> {
    return this.controller as Type<T>;
  }

  // eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- so it is declared by Nest
  getHandler(): Function {
    return this.handler;
  }

  getArgs<T extends unknown[]>(): T {
    return [...this.args] as unknown as T;
  }

  getArgByIndex<T>(index: number): T {
    return this.args[index] as T;
  }

  getType<T extends string = ContextType>(): T {
    return 'http' as T;
  }

  switchToHttp() {
    const [request, response] = this.args;
    return {
      getRequest: <T>() => request as T,
      getResponse: <T>() => response as T,
      getNext: <T>() => undefined as T,
    };
  }

  switchToRpc(): never {
    throw new TypeError('A stream is served over HTTP: use switchToHttp().');
  }

  switchToWs(): never {
    throw new TypeError('A stream is served over HTTP: use switchToHttp().');
  }
}
