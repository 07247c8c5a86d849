import 'reflect-metadata';
import { HttpCode, Inject, Req, RequestMapping, RequestMethod, Res, type Type, UseGuards } from '@nestjs/common';
import { type SseStreamOptions } from './sse-stream-options.js';
import { withPreset } from './presets/presets.js';
import { NestSignalGuard, usesNestSignal } from './nest-signal.js';
import { StreamExecutionContext } from './stream-execution-context.js';
import { StreamOpener } from './stream-opener.js';
import { checkStreamOptions } from './stream-options-schema.js';
import { fillStreamParameters, parametersOf } from './stream-parameters.js';
import { type StreamRoute } from './stream-route.js';

/** Where a controller holds the opener. The text is what Nest prints where the module is not imported. */
const OPENER = Symbol('StreamOpener (import SseModule.forRoot() for it)');
/** Marks the handler of a stream, for those who look over all controllers. */
export const STREAM_ROUTE = Symbol('sse:route');
/** Nest's own mark of `@Res({ passthrough: true })`: with it Nest would answer behind our back. */
const NEST_PASSTHROUGH = '__responsePassthrough__';

type Handler = (this: Record<symbol, unknown> & { constructor: Type }, ...args: unknown[]) => unknown;

/**
 * Makes the method's result a managed event stream. Guards, pipes, interceptors and exception filters run as for any
 * other handler: until the stream opens, a failure is a real HTTP status.
 *
 * The method returns an Observable, an AsyncIterable, a ReadableStream, `channels(…)`, or a Promise of one.
 *
 * @param path the route, as in `@Get()`
 * @throws SseOptionsError when the class is defined, for an option that is wrong
 * @example
 * @SseStream(':room/events')
 * events(@Param('room') room: string) {
 *   return channels(`room.${room}`);
 * }
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function SseStream(path: string | string[] = '/', options: SseStreamOptions = {}): MethodDecorator {
  return <T>(target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<T>) => {
    const original = descriptor.value as Handler;
    checkStreamOptions(options, `${target.constructor.name}.${String(key)}`);
    const route: StreamRoute = { method: String(key), options: withPreset(options) };

    // Request and response stand behind the method's own parameters, so that Nest leaves the response to us.
    const types = (Reflect.getMetadata('design:paramtypes', target, key) as unknown[] | undefined) ?? [];
    const own = Math.max(types.length, original.length);
    Req()(target, key, own);
    Res()(target, key, own + 1);
    Reflect.defineMetadata(NEST_PASSTHROUGH, false, target.constructor, key);
    // As a property it reaches inherited and request-scoped controllers too.
    Inject(StreamOpener)(target, OPENER);

    // Decorators of parameters are applied before those of their method.
    const parameters = parametersOf(target, key);

    const wrapper: Handler = function (...args) {
      const request = args[own] as object | undefined;
      const response = args[own + 1] as object | undefined;
      // Called by itself, as in a unit test.
      if (!request || !response) return original.apply(this, args);
      const opener = this[OPENER] as StreamOpener;
      const execution = new StreamExecutionContext([request, response], this.constructor, wrapper);
      return opener.open(route, execution, (from) => {
        const filled = args.slice(0, own);
        fillStreamParameters(parameters, filled, from);
        return original.apply(this, filled);
      });
    };
    resemble(wrapper, original);
    Reflect.defineMetadata(STREAM_ROUTE, route, wrapper);
    descriptor.value = wrapper as T;

    RequestMapping({ path, method: route.options.method ?? RequestMethod.GET })(target, key, descriptor);
    HttpCode(200)(target, key, descriptor);
    if (usesNestSignal(target, key)) UseGuards(NestSignalGuard)(target, key, descriptor);
  };
}

/** Decorators above and below, and tools that scan handlers, find on the wrapper what they would on the original. */
function resemble(wrapper: Handler, original: Handler): void {
  for (const metadataKey of Reflect.getMetadataKeys(original)) {
    Reflect.defineMetadata(metadataKey, Reflect.getMetadata(metadataKey, original), wrapper);
  }
  Object.defineProperty(wrapper, 'name', { value: original.name, configurable: true });
  Object.defineProperty(wrapper, 'length', { value: original.length, configurable: true });
}
