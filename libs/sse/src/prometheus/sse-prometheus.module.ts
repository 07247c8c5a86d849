import { ConfigurableModuleBuilder, type DynamicModule, Module } from '@nestjs/common';
import { metricsController } from './metrics-controller.js';
import { checkEndpoint, PROMETHEUS_SETTINGS, prometheusSettings } from './prometheus-settings.js';
import {
  type SsePrometheusEndpoint,
  type SsePrometheusOptions,
  type SsePrometheusOptionsFactory,
} from './sse-prometheus-options.js';
import { SsePrometheus } from './sse-prometheus.js';

const ENDPOINT: Required<SsePrometheusEndpoint> = { path: '/metrics', guards: [], isGlobal: true };

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<SsePrometheusOptions>({
  moduleName: 'SsePrometheus',
})
  .setFactoryMethodName<keyof SsePrometheusOptionsFactory>('createSsePrometheusOptions')
  .setExtras<SsePrometheusEndpoint>(ENDPOINT, withEndpoint)
  .build();

function withEndpoint(
  definition: DynamicModule,
  { path = ENDPOINT.path, guards = ENDPOINT.guards, isGlobal = ENDPOINT.isGlobal }: SsePrometheusEndpoint,
): DynamicModule {
  checkEndpoint({ path, guards, isGlobal });
  const controllers = path === false ? [] : [metricsController(path, guards)];
  return { ...definition, global: isGlobal, controllers };
}

/**
 * Serves what `SseMetrics` knows to Prometheus. The path is for your monitoring and not for the public: give it guards,
 * or keep it from whoever comes from outside. It needs what `SseModule` exports.
 *
 * It stops the application at its start with an `SseOptionsError` for options that are wrong, or names that the registry
 * has already, and with an `SseError` where prom-client is missing.
 *
 * @example
 * @Module({ imports: [SseModule.forRoot(), SsePrometheusModule.register({ path: '/metrics', guards: [ScrapeGuard] })] })
 * export class AppModule {}
 */
@Module({
  providers: [
    { provide: PROMETHEUS_SETTINGS, inject: [MODULE_OPTIONS_TOKEN], useFactory: prometheusSettings },
    SsePrometheus,
  ],
  exports: [SsePrometheus],
})
export class SsePrometheusModule extends ConfigurableModuleClass {
  /** With no options it serves `/metrics`. */
  static override register(options: SsePrometheusOptions & SsePrometheusEndpoint = {}): DynamicModule {
    return super.register(options);
  }
}
