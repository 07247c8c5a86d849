import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ChannelFanOut } from '../channels/channel-fan-out.js';
import { ConnectionRegistry } from '../connections/connection-registry.js';
import { percentile } from '../connections/latency-histogram.js';
import { monotonicNow } from '../connections/monotonic.js';
import { QueueBudget } from '../connections/queue-budget.js';
import { Traffic } from '../connections/traffic.js';
import { CounterWindow } from './counter-window.js';
import { type SseRates } from './metrics-snapshot.js';
import { Publications } from './publications.js';

const RATES: readonly (keyof SseRates)[] = [
  'published',
  'received',
  'sent',
  'sentBytes',
  'dropped',
  'opened',
  'closed',
  'refused',
];
const SECOND = 1_000;

/** Notes the counters every second: what happens is only counted, and how fast it happens is worked out here. */
@Injectable()
export class RateMeter implements OnApplicationBootstrap, OnApplicationShutdown {
  /** The most bytes that waited in queues at a second's end. */
  peakQueuedBytes = 0;
  private readonly counters = new CounterWindow();
  private readonly latencyCounts = new CounterWindow();
  private timer: NodeJS.Timeout | undefined;
  private readonly peaks = new Float64Array(RATES.length);

  constructor(
    private readonly registry: ConnectionRegistry,
    private readonly traffic: Traffic,
    private readonly budget: QueueBudget,
    private readonly fanOut: ChannelFanOut,
    private readonly publications: Publications,
  ) {}

  onApplicationBootstrap(): void {
    this.look();
    this.timer = setInterval(() => this.look(), SECOND).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** A second, over the last ten. */
  get rates(): SseRates {
    return named(this.perSecond());
  }

  /** The highest that each has been. */
  get peakRates(): SseRates {
    return named(this.peaks);
  }

  /** Milliseconds within which these parts of the deliveries of the last ten seconds stayed. */
  latency(parts: readonly number[]): number[] {
    const { grown } = this.latencyCounts.since(this.traffic.latency.counts, monotonicNow());
    return parts.map((part) => percentile(grown, part));
  }

  private look(): void {
    const now = monotonicNow();
    this.perSecond().forEach((rate, index) => (this.peaks[index] = Math.max(this.peaks[index] ?? 0, rate)));
    this.peakQueuedBytes = Math.max(this.peakQueuedBytes, this.budget.bytes);
    this.counters.mark(this.read(), now);
    this.latencyCounts.mark(this.traffic.latency.counts.slice(), now);
  }

  private perSecond(): Float64Array {
    const { seconds, grown } = this.counters.since(this.read(), monotonicNow());
    return grown.map((count) => (seconds > 0 ? Math.round((count / seconds) * 10) / 10 : 0));
  }

  private read(): Float64Array {
    const { opened, refused, closed } = this.registry.stats();
    const ended = Object.values(closed).reduce((sum, count) => sum + count, 0);
    const { events, bytes, dropped } = this.traffic;
    return Float64Array.of(
      this.publications.count,
      this.fanOut.received,
      events,
      bytes,
      dropped,
      opened,
      ended,
      refused,
    );
  }
}

function named(values: Float64Array): SseRates {
  return Object.fromEntries(RATES.map((name, index) => [name, values[index] ?? 0])) as unknown as SseRates;
}
