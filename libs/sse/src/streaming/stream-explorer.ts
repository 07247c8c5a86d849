import { ClassSerializerInterceptor, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { ApplicationConfig, DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { ConnectionHooks, type HookKind, SSE_HOOK } from './connection-hooks.js';
import { STREAM_ROUTE } from './sse-stream.decorator.js';
import { type StreamRoute } from './stream-route.js';

/** Nest's metadata of `@UseInterceptors()`. */
const NEST_INTERCEPTORS = '__interceptors__';

/** What the discovery finds: a provider or a controller, with its instance. */
type InstanceWrapper = ReturnType<DiscoveryService['getProviders']>[number];

/** Looks over the application's providers and controllers once, at its start: for hooks, and for a trap. */
@Injectable()
export class StreamExplorer implements OnModuleInit {
  private readonly logger = new Logger('SseModule');

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
    private readonly application: ApplicationConfig,
    private readonly hooks: ConnectionHooks,
  ) {}

  onModuleInit(): void {
    for (const wrapper of [...this.discovery.getProviders(), ...this.discovery.getControllers()]) {
      const { metatype } = wrapper;
      if (typeof metatype !== 'function' || wrapper.isAlias) continue;
      const prototype = metatype.prototype as Record<string, object> | undefined;
      if (!prototype) continue;
      for (const key of this.scanner.getAllMethodNames(prototype)) {
        const method = prototype[key];
        if (!method) continue;
        const kind = this.reflector.get<HookKind | undefined>(SSE_HOOK, method as CallableFunction as () => void);
        if (kind) this.addHook(kind, wrapper, key);
        const route = Reflect.getMetadata(STREAM_ROUTE, method) as StreamRoute | undefined;
        if (route && this.isSerialised(metatype, method)) this.warnOfSerializer(route);
      }
    }
  }

  private addHook(kind: HookKind, wrapper: InstanceWrapper, key: string): void {
    if (!wrapper.isDependencyTreeStatic()) {
      this.logger.warn(
        `${String(wrapper.name)}.${key} is an SSE hook of a request-scoped provider and is never called: move it to a singleton.`,
      );
      return;
    }
    const instance = wrapper.instance as Record<string, (...args: unknown[]) => unknown>;
    this.hooks.add(kind, (...args) => instance[key]?.(...args));
  }

  private isSerialised(controller: object, method: object): boolean {
    const bound = [controller, method].flatMap(
      (target) => (Reflect.getMetadata(NEST_INTERCEPTORS, target) as unknown[] | undefined) ?? [],
    );
    const isGlobalProvider = this.discovery
      .getProviders()
      .some(({ token, metatype }) => String(token).startsWith('APP_INTERCEPTOR') && isSerializer(metatype));
    return isGlobalProvider || [...bound, ...this.application.getGlobalInterceptors()].some(isSerializer);
  }

  private warnOfSerializer(route: StreamRoute): void {
    this.logger.warn(
      `ClassSerializerInterceptor is bound to the stream ${route.name}, but interceptors do not see its events: @Exclude() and the like do not protect them. Do it in the option serializer.`,
    );
  }
}

function isSerializer(interceptor: unknown): boolean {
  return (
    interceptor instanceof ClassSerializerInterceptor ||
    interceptor === ClassSerializerInterceptor ||
    (typeof interceptor === 'function' && interceptor.prototype instanceof ClassSerializerInterceptor)
  );
}
