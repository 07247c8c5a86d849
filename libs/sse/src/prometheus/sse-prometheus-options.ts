import { type CanActivate, type Type } from '@nestjs/common';
import { type OpenMetricsContentType, type Registry } from 'prom-client';

/** A registry of prom-client, in either of its formats. */
export type SsePrometheusRegistry = Registry | Registry<OpenMetricsContentType>;

/** What is served. See {@link SsePrometheusModule.register}. */
export interface SsePrometheusOptions {
  /** What the names begin with. Default: `sse_`, which the dashboard and the alerts of the guide expect. */
  prefix?: string;
  /** The registry of the application, to serve its metrics beside these. Default: one of its own. */
  registry?: SsePrometheusRegistry;
  /**
   * Has prom-client add its own metrics of process and garbage collection, `process_…` and `nodejs_…`. They are measured
   * until the process ends. Default: `false`, since CPU, memory and event loop are among these metrics.
   */
  defaultMetrics?: boolean;
}

/** Where it is served, and to whom. */
export interface SsePrometheusEndpoint {
  /** The path, below the global prefix if there is one; `false` for an application that has an endpoint already. Default: `/metrics`. */
  path?: string | false;
  /**
   * Who may read it. What these classes inject must be global, or come from the `imports` of `registerAsync()`. Default:
   * none, and whoever reaches the path can read it.
   */
  guards?: readonly (Type<CanActivate> | CanActivate)[];
  /** Whether every module may inject {@link SsePrometheus}. Default: `true`. */
  isGlobal?: boolean;
}

/** Makes the options, for `SsePrometheusModule.registerAsync({ useClass })` and `({ useExisting })`. */
export interface SsePrometheusOptionsFactory {
  /** Called once, when the module starts. */
  createSsePrometheusOptions(): SsePrometheusOptions | Promise<SsePrometheusOptions>;
}
