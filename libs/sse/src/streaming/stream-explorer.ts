import { ClassSerializerInterceptor, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { ApplicationConfig, DiscoveryService, MetadataScanner } from '@nestjs/core';
import { ConnectionHooks, SSE_HOOKS } from './connection-hooks.js';
import { STREAM_ROUTE } from './sse-stream.decorator.js';
import { type StreamRoute, StreamRoutes } from './stream-route.js';

/** Nest's metadata of `@UseInterceptors()`. */
const NEST_INTERCEPTORS = '__interceptors__';

/** What the discovery finds: a provider or a controller, with its instance. */
type Method = (...args: unknown[]) => unknown;
type InstanceWrapper = ReturnType<DiscoveryService['getProviders']>[number];

const HOOK_KINDS = ['admit', 'open', 'close', 'deadLetter'] as const;

/** Looks over the application's providers and controllers once, at its start: for hooks, wrong options, and a trap. */
@Injectable()
export class StreamExplorer implements OnModuleInit {
  private readonly logger = new Logger('SseModule');

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly application: ApplicationConfig,
    private readonly hooks: ConnectionHooks,
    private readonly routes: StreamRoutes,
  ) {}

  onModuleInit(): void {
    for (const provider of this.discovery.getProviders()) this.exploreHooks(provider);
    for (const controller of this.discovery.getControllers()) {
      this.exploreHooks(controller);
      this.exploreStreams(controller);
    }
  }

  /** By their instances: what a factory made or a test put in its place has hooks too. */
  private exploreHooks(wrapper: InstanceWrapper): void {
    const instance: unknown = wrapper.isAlias ? undefined : wrapper.instance;
    if (typeof instance !== 'object' || instance === null) return;
    for (const { key, method } of this.methodsOf(Object.getPrototypeOf(instance) as object | null)) {
      for (const kind of HOOK_KINDS) {
        if (!Reflect.hasMetadata(SSE_HOOKS[kind], method)) continue;
        if (wrapper.isDependencyTreeStatic() && !wrapper.isTransient) {
          this.hooks.add(kind, (...args) => (instance as Record<string, Method>)[key]?.(...args));
        } else {
          this.logger.warn(
            `${String(wrapper.name)}.${key} is an SSE hook of a request-scoped or transient provider and is never called: move it to a singleton.`,
          );
        }
      }
    }
  }

  private exploreStreams({ metatype }: InstanceWrapper): void {
    if (typeof metatype !== 'function') return;
    for (const { method } of this.methodsOf(metatype.prototype as object)) {
      const route = Reflect.getMetadata(STREAM_ROUTE, method) as StreamRoute | undefined;
      if (!route) continue;
      const { name } = this.routes.settingsOf(route, metatype);
      if (this.isSerialised(metatype, method)) this.warnOfSerializer(name);
    }
  }

  private methodsOf(prototype: object | null): { key: string; method: Method }[] {
    if (!prototype || prototype === Object.prototype) return [];
    return this.scanner.getAllMethodNames(prototype).map((key) => ({
      key,
      method: (prototype as Record<string, Method>)[key] as Method,
    }));
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

  private warnOfSerializer(name: string): void {
    this.logger.warn(
      `ClassSerializerInterceptor is bound to the stream ${name}, but interceptors do not see its events: @Exclude() and the like do not protect them. Do it in the option serializer.`,
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
