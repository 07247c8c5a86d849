import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Test, type TestingModule } from '@nestjs/testing';
import { Counter, type OpenMetricsContentType, Registry } from 'prom-client';
import { SseMetrics, SseModule, SseOptionsError } from '../index.js';
import { type SsePrometheusOptions } from './sse-prometheus-options.js';
import { SsePrometheus } from './sse-prometheus.js';
import { SsePrometheusModule } from './sse-prometheus.module.js';

const running: TestingModule[] = [];
afterEach(async () => {
  jest.restoreAllMocks();
  for (const module of running.splice(0)) await module.close();
});

async function start(...all: SsePrometheusOptions[]): Promise<TestingModule> {
  const imports = all.map((options) => SsePrometheusModule.register({ path: false, ...options }));
  const module = await Test.createTestingModule({ imports: [SseModule.forRoot(), ...imports] }).compile();
  module.useLogger(false);
  running.push(module);
  return module.init();
}

function names(text: string): string[] {
  return [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name);
}

describe('SsePrometheus', () => {
  it('reads all metrics of a scrape from one snapshot, and each scrape anew', async () => {
    const module = await start({});
    const snapshot = jest.spyOn(module.get(SseMetrics), 'snapshot');
    const { registry } = module.get(SsePrometheus);

    await registry.metrics();
    expect(snapshot).toHaveBeenCalledTimes(1);
    await registry.getMetricsAsJSON();
    expect(snapshot).toHaveBeenCalledTimes(2);
  });

  it('serves a histogram as Prometheus has it: cumulative buckets in seconds, with sum and count', async () => {
    const module = await start({});
    const { latency, ...rest } = module.get(SseMetrics).snapshot();
    const buckets = latency.buckets.map(({ upTo }, index) => ({ upTo, count: Math.min(index, 5) }));
    jest
      .spyOn(module.get(SseMetrics), 'snapshot')
      .mockReturnValue({ ...rest, latency: { ...latency, buckets, sum: 1_234, count: 5 } });

    const text = await module.get(SsePrometheus).registry.getSingleMetricAsString('sse_delivery_latency_seconds');

    const lines = text.split('\n');
    expect(lines.slice(1, 5)).toEqual([
      '# TYPE sse_delivery_latency_seconds histogram',
      'sse_delivery_latency_seconds_bucket{le="0.001"} 0',
      'sse_delivery_latency_seconds_bucket{le="0.002"} 1',
      'sse_delivery_latency_seconds_bucket{le="0.005"} 2',
    ]);
    expect(lines.slice(-3)).toEqual([
      'sse_delivery_latency_seconds_bucket{le="+Inf"} 5',
      'sse_delivery_latency_seconds_sum 1.234',
      'sse_delivery_latency_seconds_count 5',
    ]);
  });

  it('leaves out the limit of connections where there is none', async () => {
    const module = await start({});
    const { registry } = module.get(SsePrometheus);
    expect(await registry.getSingleMetricAsString('sse_connections_limit')).toMatch(/^sse_connections_limit 5000$/m);

    const { limits, ...rest } = module.get(SseMetrics).snapshot();
    jest
      .spyOn(module.get(SseMetrics), 'snapshot')
      .mockReturnValue({ ...rest, limits: { ...limits, connections: null } });
    expect(await registry.getSingleMetricAsString('sse_connections_limit')).not.toMatch(/^sse_connections_limit/m);
  });

  it('follows the conventions of names: counters end in _total, and others do not', async () => {
    const module = await start({});
    const text = await module.get(SsePrometheus).registry.metrics();

    const types = [...text.matchAll(/^# TYPE (\S+) (\w+)$/gm)].map(([, name = '', type]) => ({ name, type }));
    expect(types.length).toBeGreaterThan(30);
    for (const { name, type } of types) expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
  });

  it('speaks OpenMetrics where the registry does, at every scrape', async () => {
    const registry = new Registry<OpenMetricsContentType>();
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    const module = await start({ registry });

    for (let scrape = 0; scrape < 2; scrape++) {
      const text = await registry.metrics();
      expect(text).toContain('# TYPE sse_events_sent counter\nsse_events_sent_total 0\n');
      expect(text).toMatch(/# EOF\n$/);
    }
    await module.close();
    expect(registry.getMetricsAsArray()).toEqual([]);
  });

  it('adds to the metrics of the application, under any prefix, and takes its own away at the end', async () => {
    const registry = new Registry();
    const orders = new Counter({ name: 'orders_total', help: 'Orders.', registers: [registry] });
    orders.inc(3);
    const module = await start({ registry, prefix: 'shop_sse_' });

    const text = await registry.metrics();
    expect(text).toMatch(/^orders_total 3$/m);
    expect(text).toMatch(/^shop_sse_connections 0$/m);
    registry.resetMetrics();

    await module.close();
    expect(names(await registry.metrics())).toEqual(['orders_total']);
  });

  it('does not touch the registry that all of the process share, unless it is given', async () => {
    const { register } = await import('prom-client');
    await start({});

    expect(register.getMetricsAsArray()).toEqual([]);
  });

  it('refuses a registry that has its names already, and leaves those there', async () => {
    const registry = new Registry();
    const first = await start({ registry });

    const second = start({ registry });

    await expect(second).rejects.toThrow(SseOptionsError);
    await expect(second).rejects.toThrow(
      'SsePrometheusModule.prefix is "sse_": the registry has a metric sse_connections already',
    );
    expect(await first.get(SsePrometheus).registry.metrics()).toMatch(/^sse_connections 0$/m);
    expect(names(await (await start({ registry, prefix: 'other_' })).get(SsePrometheus).registry.metrics())).toEqual(
      expect.arrayContaining(['sse_connections', 'other_connections']),
    );
  });

  it('works twice in an application, each with a registry of its own', async () => {
    const registries = [new Registry(), new Registry()];
    await start(...registries.map((registry) => ({ registry })));

    for (const registry of registries) expect(await registry.metrics()).toMatch(/^sse_connections 0$/m);
  });

  it("adds prom-client's own metrics where it is asked to, and not over those that are there", async () => {
    const registry = new Registry();
    const module = await start({ registry, defaultMetrics: true });
    expect(await registry.metrics()).toMatch(/^process_cpu_seconds_total /m);

    const second = start({ registry, prefix: 'other_', defaultMetrics: true });
    await expect(second).rejects.toThrow('SsePrometheusModule.defaultMetrics is true: the registry has them already');
    expect(names(await registry.metrics()).filter((name) => name.startsWith('other_'))).toEqual([]);

    await module.close();
    expect(names(await registry.metrics()).filter((name) => name.startsWith('process_'))).toEqual([]);
  });
});
