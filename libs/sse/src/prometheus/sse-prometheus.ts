import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { type Metric, type Registry } from 'prom-client';
import { SseDrain, SseMetrics, SseOptionsError } from '../index.js';
import { CONNECTION_METRICS } from './connection-metrics.js';
import { EVENT_METRICS } from './event-metrics.js';
import { type ScrapedState } from './exported-metric.js';
import { PROCESS_METRICS } from './process-metrics.js';
import { loadPrometheus } from './prometheus-package.js';
import { PROMETHEUS_SETTINGS, type PrometheusSettings } from './prometheus-settings.js';
import { RegisteredMetric } from './registered-metric.js';
import { type SsePrometheusRegistry } from './sse-prometheus-options.js';
import { STATE_METRICS } from './state-metrics.js';

const METRICS = [...CONNECTION_METRICS, ...EVENT_METRICS, ...PROCESS_METRICS, ...STATE_METRICS];

/**
 * The metrics of this node in a registry of prom-client, from the start of the application to its end. Nothing is counted
 * twice: they are read when somebody asks, all of them from one snapshot.
 *
 * @example
 * private readonly orders: Counter;
 *
 * constructor({ registry }: SsePrometheus) {
 *   this.orders = new Counter({ name: 'orders_total', help: 'Orders.', registers: [registry] });
 * }
 */
@Injectable()
export class SsePrometheus implements OnModuleInit, OnApplicationShutdown {
  private readonly registered: string[] = [];
  private scraped: ScrapedState | undefined;

  /** @internal */
  constructor(
    @Inject(PROMETHEUS_SETTINGS) private readonly settings: PrometheusSettings,
    private readonly metrics: SseMetrics,
    private readonly drain: SseDrain,
  ) {}

  /** What the endpoint serves. The application may add metrics of its own. */
  get registry(): SsePrometheusRegistry {
    return this.settings.registry;
  }

  /** Called by Nest. */
  async onModuleInit(): Promise<void> {
    const { prefix, defaultMetrics } = this.settings;
    for (const metric of METRICS) this.refuseTwice(prefix + metric.name);
    for (const metric of METRICS) {
      const { name } = metric;
      const registered: unknown = new RegisteredMetric(prefix, metric, ({ read }) => read(this.state()));
      this.registry.registerMetric(registered as Metric);
      this.registered.push(prefix + name);
    }
    if (defaultMetrics) await this.addDefaultMetrics();
  }

  /** A registry of the application may outlive it, as in tests. */
  onApplicationShutdown(): void {
    for (const name of this.registered.splice(0)) this.registry.removeSingleMetric(name);
  }

  private refuseTwice(name: string): void {
    if (!this.registry.getSingleMetric(name)) return;
    const mend = `the registry has a metric ${name} already, perhaps of another application: use another prefix or registry`;
    throw new SseOptionsError('SsePrometheusModule.prefix', this.settings.prefix, mend);
  }

  private async addDefaultMetrics(): Promise<void> {
    const { collectDefaultMetrics } = await loadPrometheus();
    const before = this.names();
    let refused: Error | undefined;
    try {
      collectDefaultMetrics({ register: this.registry as Registry });
    } catch (error) {
      refused = error as Error;
    }
    this.registered.push(...this.names().filter((name) => !before.includes(name)));
    if (refused === undefined) return;
    this.onApplicationShutdown();
    const mend = `the registry has them already: leave the option out (${refused.message})`;
    throw new SseOptionsError('SsePrometheusModule.defaultMetrics', true, mend);
  }

  private names(): string[] {
    return this.registry.getMetricsAsArray().map(({ name }) => name);
  }

  /** A registry asks all of its metrics in one go, so one snapshot is enough for them. */
  private state(): ScrapedState {
    if (!this.scraped) {
      this.scraped = { ...this.metrics.snapshot(), drain: this.drain.state };
      queueMicrotask(() => (this.scraped = undefined));
    }
    return this.scraped;
  }
}
