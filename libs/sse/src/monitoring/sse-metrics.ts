import { Inject, Injectable } from '@nestjs/common';
import { type Backplane } from '../backplane/backplane.js';
import { BACKPLANE } from '../backplane/tokens.js';
import { ChannelFanOut } from '../channels/channel-fan-out.js';
import { Resumes } from '../channels/resumes.js';
import { SseNode } from '../channels/sse-node.js';
import { ConnectionRegistry } from '../connections/connection-registry.js';
import { HeartbeatService } from '../connections/heartbeat.service.js';
import { LATENCY_BUCKETS } from '../connections/latency-histogram.js';
import { monotonicNow } from '../connections/monotonic.js';
import { QueueBudget } from '../connections/queue-budget.js';
import { Traffic } from '../connections/traffic.js';
import { type ResolvedOptions } from '../options/resolved-options.js';
import { SSE_OPTIONS } from '../options/tokens.js';
import { Compressions } from '../transport/compression/compressions.js';
import { LoadShedding } from './load-shedding.js';
import { type LatencySummary, type SseMetricsSnapshot } from './metrics-snapshot.js';
import { Publications } from './publications.js';
import { RateMeter } from './rate-meter.js';
import { ResourceMonitor } from './resource-monitor.js';

/** The part of a snapshot that looks at no connection. */
type SseBriefMetrics = Pick<
  SseMetricsSnapshot,
  'node' | 'uptime' | 'connections' | 'latency' | 'rates' | 'resources' | 'level' | 'shedding'
>;

/**
 * Everything that is counted and measured on this node. A snapshot looks at each open connection once, and is cheap enough
 * to be taken every second.
 *
 * @example
 * constructor(private readonly metrics: SseMetrics) {}
 * @Get('load')
 * load() { return this.metrics.snapshot().rates; }
 */
@Injectable()
export class SseMetrics {
  private readonly startedAt = monotonicNow();

  /** @internal */
  constructor(
    @Inject(SSE_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(BACKPLANE) private readonly backplane: Backplane,
    private readonly node: SseNode,
    private readonly registry: ConnectionRegistry,
    private readonly traffic: Traffic,
    private readonly budget: QueueBudget,
    private readonly compressions: Compressions,
    private readonly heartbeats: HeartbeatService,
    private readonly fanOut: ChannelFanOut,
    private readonly resumes: Resumes,
    private readonly publications: Publications,
    private readonly meter: RateMeter,
    private readonly monitor: ResourceMonitor,
    private readonly shedding: LoadShedding,
  ) {}

  /** All of it, now. */
  snapshot(): SseMetricsSnapshot {
    const { traffic, heartbeats, resumes, monitor } = this;
    return {
      ...this.brief(),
      at: new Date(),
      events: {
        published: this.publications.count,
        received: this.fanOut.received,
        sent: traffic.events,
        sentBytes: traffic.bytes,
        delayed: traffic.delayed,
        dropped: { ...traffic.droppedBy },
      },
      compression: this.compression(),
      heartbeats: { sent: heartbeats.sent, skipped: heartbeats.skipped },
      queues: this.queues(),
      resumes: { resumed: resumes.resumed, reset: resumes.reset },
      peakRates: this.meter.peakRates,
      peak: monitor.peak,
      levels: monitor.standing,
      thresholds: monitor.thresholds,
      limits: { connections: this.options.connections.max, queuedBytes: this.budget.maxTotalBytes },
      backplane: this.backplane.health,
    };
  }

  /** @internal What takes as long for many connections as for none: what a node says of itself again and again. */
  brief(): SseBriefMetrics {
    const { monitor, meter } = this;
    return {
      node: this.node.id,
      uptime: monotonicNow() - this.startedAt,
      connections: this.registry.stats(),
      latency: this.latency(),
      rates: meter.rates,
      resources: monitor.last,
      level: monitor.level,
      shedding: this.shedding.step,
    };
  }

  private compression(): SseMetricsSnapshot['compression'] {
    const { plainBytes, wireBytes: sentBytes } = this.compressions.traffic;
    return { plainBytes, sentBytes, ratio: plainBytes === 0 ? 1 : sentBytes / plainBytes };
  }

  private queues(): SseMetricsSnapshot['queues'] {
    let [events, longest, blocked] = [0, 0, 0];
    for (const { queued, isBlocked } of this.registry.all()) {
      events += queued;
      longest = Math.max(longest, queued);
      if (isBlocked) blocked++;
    }
    const { bytes } = this.budget;
    return { events, bytes, peakBytes: Math.max(bytes, this.meter.peakQueuedBytes), longest, blocked };
  }

  private latency(): LatencySummary {
    const { counts, sum } = this.traffic.latency;
    const [p50 = 0, p90 = 0, p99 = 0] = this.meter.latency([0.5, 0.9, 0.99]);
    let count = 0;
    const buckets = [...LATENCY_BUCKETS, Infinity].map((upTo, index) => {
      count += counts[index] ?? 0;
      return { upTo, count };
    });
    return { p50, p90, p99, buckets, sum, count };
  }
}
