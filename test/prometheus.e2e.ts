import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type CallHandler,
  type CanActivate,
  Controller,
  type ExecutionContext,
  type INestApplication,
  Injectable,
  Module,
  type ModuleMetadata,
  type NestInterceptor,
  VersioningType,
} from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test, type TestingModule } from '@nestjs/testing';
import { channels, SseBroadcaster, SseModule, SseStream } from 'nestjs-event-stream';
import { SsePrometheus, SsePrometheusModule, type SsePrometheusOptionsFactory } from 'nestjs-event-stream/prometheus';
import { SseTestClient } from 'nestjs-event-stream/testing';
import { Counter, Registry } from 'prom-client';
import { map, type Observable } from 'rxjs';
import { readDocument, tableAfter } from './docs/markdown.js';
import { ONE_OF_EACH_NEST } from './harness/matrix.js';
import { problemsOf } from './harness/queries.js';
import { Scrape } from './harness/scrape.js';
import { openSlowly } from './harness/slow-reader.js';
import { unique, useServer } from './harness/use-server.js';

// F5: what is scraped is what happened, on both platforms and versions of Nest.
describe.each(ONE_OF_EACH_NEST)('/metrics ($name)', (target) => {
  const server = useServer(target, {
    operations: true,
    options: {
      connections: { max: 4 },
      heartbeat: { interval: 60_000 },
      monitoring: { interval: 100, degrade: false },
    },
  });
  const scrape = () => Scrape.of(server.url);

  it('counts connections, those that were refused, and how they ended', async () => {
    const before = await scrape();
    await Promise.all([1, 2, 3, 4].map((n) => server.open(`/channels?c=room&user=user-${n % 2}`)));
    expect((await server.open('/channels?c=room')).status).toBe(503);

    const full = await scrape();
    expect([full.value('sse_connections'), full.value('sse_connections_limit'), full.value('sse_users')]).toEqual([
      4, 4, 2,
    ]);
    expect(full.value('sse_connections_peak')).toBe(4);
    expect(full.value('sse_channels')).toBeGreaterThan(1);
    expect(full.growth(before, 'sse_connections_opened_total')).toBe(4);
    expect(full.growth(before, 'sse_connections_refused_total')).toBe(1);

    await server.call('closeAll');
    await server.idle();
    const after = await scrape();
    expect(after.value('sse_connections')).toBe(0);
    expect(after.growth(before, 'sse_connections_closed_total', { reason: 'kicked' })).toBe(4);
    expect(after.growth(before, 'sse_connections_closed_total', { reason: 'slow' })).toBe(0);
  });

  it('counts events, bytes, heartbeats and resumes, with a histogram of how long events took', async () => {
    const room = unique('room');
    const clients = await Promise.all([1, 2, 3].map(() => server.open(`/channels?c=${room}`)));
    const before = await scrape();

    await server.call('burst', room, 50, 100);
    const [[, cursor] = []] = await Promise.all(clients.map((client) => client.take(50)));
    await clients[0]!.close();
    const resumed = await server.open(`/channels?c=${room}`, { headers: { 'last-event-id': cursor?.id ?? '' } });
    await resumed.next();
    await server.call('beat');

    const after = await scrape();
    const grown = (name: string, labels?: Record<string, string>) => after.growth(before, name, labels);
    expect(grown('sse_events_published_total')).toBe(50);
    expect(grown('sse_events_received_total')).toBe(50);
    expect(grown('sse_events_sent_total')).toBeGreaterThanOrEqual(150);
    expect(grown('sse_sent_bytes_total')).toBeGreaterThan(150 * 100);
    expect(grown('sse_resumes_total', { outcome: 'resumed' })).toBe(1);
    expect(grown('sse_heartbeats_total', { outcome: 'sent' })).toBeGreaterThan(0);
    expect(grown('sse_delivery_latency_seconds_count')).toBe(150);
    expect(grown('sse_delivery_latency_seconds_bucket', { le: '+Inf' })).toBe(150);
    // Each took whole milliseconds, which on a fast machine are none.
    expect(grown('sse_delivery_latency_seconds_sum')).toBeGreaterThanOrEqual(0);
  });

  it('shows what waits for a client that does not read, and what it loses', async () => {
    const key = unique();
    await openSlowly(server, `/slow/subject?key=${key}`);
    await server.noted('subscribed', key);
    await server.call('flood', key, 256, 65_536);

    const slow = await scrape();

    expect(slow.value('sse_connections_blocked')).toBe(1);
    expect([slow.value('sse_queue_events'), slow.value('sse_queue_longest_events')]).toEqual([8, 8]);
    expect(slow.value('sse_queue_bytes')).toBeGreaterThan(8 * 65_536);
    expect(slow.value('sse_queue_peak_bytes')).toBeGreaterThanOrEqual(slow.value('sse_queue_bytes'));
    expect(slow.value('sse_events_dropped_total', { reason: 'overflow' })).toBeGreaterThan(100);
  });

  it('tells what the process uses and how the node is', async () => {
    const metrics = await scrape();

    const memory = ['heap_used', 'resident_memory', 'memory_limit'].map((name) => metrics.value(`sse_${name}_bytes`));
    expect(memory).toEqual([...memory].sort((one, other) => one - other));
    expect(metrics.value('sse_cpu_limit_cores')).toBeGreaterThanOrEqual(1);
    for (const name of ['backplane_up', 'node_info']) expect(metrics.value(`sse_${name}`)).toBe(1);
    for (const name of ['drain_state', 'shedding_step']) expect(metrics.value(`sse_${name}`)).toBe(0);
    const watched = metrics.samples.filter(({ name }) => name === 'sse_pressure_level');
    expect(watched.map(({ labels }) => labels.watched).sort()).toEqual([
      'connections',
      'cpu',
      'eventLoopDelay',
      'heap',
      'memory',
      'publishes',
      'queues',
    ]);
  });
});

const PLATFORMS = [
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
] as const;

describe.each(PLATFORMS)('SsePrometheusModule on %s', (_name, adapter) => {
  @Controller()
  class StreamController {
    @SseStream('stream')
    stream() {
      return channels('room');
    }
  }

  const running: INestApplication[] = [];
  afterEach(async () => {
    for (const app of running.splice(0)) await app.close();
  });

  async function start(parts: ModuleMetadata, prepare?: (app: INestApplication) => void): Promise<INestApplication> {
    const { imports = [], ...rest } = parts;
    const module = await Test.createTestingModule({
      imports: [SseModule.forRoot(), ...imports],
      controllers: [StreamController],
      ...rest,
    }).compile();
    module.useLogger(false);
    const app = module.createNestApplication(adapter());
    running.push(app);
    prepare?.(app);
    await app.listen(0, '127.0.0.1');
    return app;
  }

  async function ask(app: INestApplication, path = '/metrics', init?: RequestInit): Promise<Response> {
    return fetch((await app.getUrl()) + path, init);
  }

  it('answers in the format that its content type says, and is kept in no cache', async () => {
    const answer = await ask(await start({ imports: [SsePrometheusModule.register()] }));

    expect(answer.status).toBe(200);
    const [type, ...parameters] = (answer.headers.get('content-type') ?? '').split(/; */);
    expect([type, ...parameters.sort()]).toEqual(['text/plain', 'charset=utf-8', 'version=0.0.4']);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(new Scrape(await answer.text()).value('sse_connections')).toBe(0);
  });

  it('is read by those whom the guards let in, which may inject what the module imports', async () => {
    @Injectable()
    class Secrets {
      readonly scrape = 'open sesame';
    }
    @Module({ providers: [Secrets], exports: [Secrets] })
    class SecretsModule {}
    @Injectable()
    class ScrapeGuard implements CanActivate {
      constructor(private readonly secrets: Secrets) {}

      canActivate(context: ExecutionContext): boolean {
        const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string | undefined> }>();
        return headers.authorization === `Bearer ${this.secrets.scrape}`;
      }
    }
    @Injectable()
    class Options implements SsePrometheusOptionsFactory {
      createSsePrometheusOptions() {
        return { prefix: 'shop_' };
      }
    }
    const prometheus = SsePrometheusModule.registerAsync({
      path: 'internal/prometheus',
      guards: [ScrapeGuard],
      imports: [SecretsModule],
      useClass: Options,
    });
    const app = await start({ imports: [prometheus] });

    expect((await ask(app, '/internal/prometheus')).status).toBe(403);
    expect((await ask(app)).status).toBe(404);
    const answer = await ask(app, '/internal/prometheus', { headers: { authorization: 'Bearer open sesame' } });
    expect(new Scrape(await answer.text()).value('shop_connections')).toBe(0);
  });

  it('is left alone by interceptors that wrap results, and by versions in the path', async () => {
    @Injectable()
    class Envelope implements NestInterceptor {
      intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
        return next.handle().pipe(map((data: unknown) => ({ data })));
      }
    }
    const parts = {
      imports: [SsePrometheusModule.register()],
      providers: [{ provide: APP_INTERCEPTOR, useClass: Envelope }],
    };
    const app = await start(parts, (made) => made.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' }));

    expect(new Scrape(await (await ask(app)).text()).value('sse_connections')).toBe(0);
  });

  it('has no endpoint with `path: false`, and adds to the registry that the application serves', async () => {
    const registry = new Registry();
    const app = await start({ imports: [SsePrometheusModule.register({ path: false, registry })] });

    expect((await ask(app)).status).toBe(404);
    expect(new Scrape(await registry.metrics()).value('sse_connections')).toBe(0);
  });

  it('serves what the application adds to its registry', async () => {
    @Injectable()
    class Orders {
      constructor({ registry }: SsePrometheus) {
        new Counter({ name: 'orders_total', help: 'Orders.', registers: [registry] }).inc(2);
      }
    }
    const app = await start({ imports: [SsePrometheusModule.register()], providers: [Orders] });

    expect(new Scrape(await (await ask(app)).text()).value('orders_total')).toBe(2);
  });

  it('of one application tells nothing of another in the same process', async () => {
    const [one, other] = await Promise.all(
      [1, 2].map(() => start({ imports: [SsePrometheusModule.register({ defaultMetrics: true })] })),
    );
    const client = await SseTestClient.open(one!, '/stream');
    await one!.get(SseBroadcaster).toChannel('room', { data: 'x' });
    await client.next();

    const [metrics, others] = await Promise.all([one!, other!].map(async (app) => Scrape.of(await app.getUrl())));

    const names = ['sse_connections', 'sse_events_published_total', 'sse_delivery_latency_seconds_count'];
    expect(names.map((name) => [metrics!.value(name), others!.value(name)])).toEqual(names.map(() => [1, 0]));
    expect(metrics!.value('process_cpu_seconds_total')).toBeGreaterThan(0);
    await client.close();
  });
});

interface Panel {
  type: string;
  title: string;
  targets?: { expr: string; legendFormat: string }[];
}

interface Dashboard {
  panels: Panel[];
  annotations: { list: { expr: string }[] };
  templating: { list: { type: string; definition?: string }[] };
}

describe('the guide to Prometheus', () => {
  const GUIDE = 'docs/prometheus.md';
  const dashboard = JSON.parse(readDocument('docs/grafana-dashboard.json')) as Dashboard;
  const alerts = [...readDocument(GUIDE).matchAll(/- alert: (\w+)\n\s+expr: (.+)\n/g)].map(
    ([, name = '', expr = '']) => ({
      name,
      expr,
    }),
  );
  let module: TestingModule;
  let scrape: Scrape;

  beforeAll(async () => {
    const imports = [SseModule.forRoot(), SsePrometheusModule.register()];
    module = await Test.createTestingModule({ imports }).compile();
    module.useLogger(false);
    await module.init();
    scrape = new Scrape(await module.get(SsePrometheus).registry.metrics());
  });
  afterAll(() => module.close());

  it('names every metric that is served with its type and labels, and no other', () => {
    const documented = tableAfter(GUIDE, 'metrics').map(({ metric, type, labels }) => [metric, type, labels]);
    const served = [...scrape.types].map(([name, type]) => {
      const samples = scrape.samples.filter((sample) => [name, `${name}_bucket`].includes(sample.name));
      return [name, type, [...new Set(samples.flatMap(({ labels }) => Object.keys(labels)))].join(', ')];
    });

    expect(documented.sort()).toEqual(served.sort());
    expect(served.length).toBeGreaterThan(30);
  });

  it.each(['reason', 'outcome', 'watched'])('names every value of the label %s', (label) => {
    const rows = tableAfter(GUIDE, 'metrics');

    for (const { name, labels } of scrape.samples) {
      if (labels[label] !== undefined)
        expect(rows.find(({ metric }) => metric === name)?.['what it is']).toContain(`\`${labels[label]}\``);
    }
  });

  it('has a dashboard that asks for what is served', () => {
    const targets = dashboard.panels.flatMap(({ targets = [] }) => targets);
    const others = [
      ...dashboard.annotations.list.map(({ expr }) => expr),
      ...dashboard.templating.list.flatMap(({ definition }) => definition ?? []),
    ];
    const problems = [
      ...targets.flatMap(({ expr, legendFormat }) => problemsOf(expr, scrape, legendFormat)),
      ...others.flatMap((expr) => problemsOf(expr, scrape)),
    ];

    expect(problems).toEqual([]);
    expect(targets.length).toBeGreaterThan(30);
    expect(others).toHaveLength(3);
  });

  it('shows everything that is served, but for peaks, which its plots have anyway', () => {
    const asked = JSON.stringify(dashboard);
    const missing = [...scrape.types.keys()].filter((name) => !asked.includes(name) && !name.includes('_peak'));

    expect(missing).toEqual(['sse_cpu_limit_cores', 'sse_load_average', 'sse_node_info']);
  });

  it('has alerts that ask for what is served', () => {
    expect(alerts.flatMap(({ expr }) => problemsOf(expr, scrape))).toEqual([]);
    expect(alerts.length).toBeGreaterThan(5);
  });

  it.each([
    ['sse_conections', 'there is no metric sse_conections'],
    ['up{job="chat"}', 'up is no metric of ours'],
    ['sse_events_sent_total', 'rate of sse_events_sent_total'],
    ['rate(sse_connections[5m])', 'rate of sse_connections'],
    ['rate(sse_events_dropped_total{cause="overflow"}[5m])', 'sse_events_dropped_total has no label cause'],
    ['sum by (user) (sse_connections)', 'no metric has the label user'],
  ])('would not have the query %s', (query, problem) => {
    expect(problemsOf(query, scrape)).toEqual([`${problem}: ${query}`]);
  });
});
