// Something of each entry, with its type: what is not found, or is `any`, does not compile.
import { type DynamicModule } from '@nestjs/common';
import { SseDashboardModule } from 'nestjs-event-stream/dashboard';
import { openTelemetryTracer } from 'nestjs-event-stream/opentelemetry';
import { SseJwtModule } from 'nestjs-event-stream/passport';
import { SsePrometheusModule } from 'nestjs-event-stream/prometheus';
import { redisBackplane } from 'nestjs-event-stream/redis';
import { ApiSseStream } from 'nestjs-event-stream/swagger';
import { SseHealthIndicator } from 'nestjs-event-stream/terminus';
import { type SseTestClient } from 'nestjs-event-stream/testing';

export const modules: DynamicModule[] = [SseDashboardModule.register({}), SsePrometheusModule.register()];
export const jwt: typeof SseJwtModule = SseJwtModule;
export const swagger: typeof ApiSseStream = ApiSseStream;
export const tracer = openTelemetryTracer();
export const backplane = redisBackplane({ url: 'redis://127.0.0.1:6379' });
export const health: typeof SseHealthIndicator = SseHealthIndicator;
export type Client = SseTestClient;

type IsAny<T> = 0 extends 1 & T ? true : false;
export const anyOfThese: IsAny<
  typeof jwt | typeof swagger | typeof health | typeof tracer | typeof backplane | Client
> = false;
