import { type ExportedMetric, type Sample } from './exported-metric.js';

/** One value, as a registry of prom-client writes it. */
interface RegistryValue {
  readonly labels: Sample['labels'];
  readonly value: number;
  readonly metricName?: string;
}

/**
 * A metric as a registry of prom-client sees it. Those of prom-client hold values, which would have to be kept in step with
 * what is counted here already, and its histogram can't be set at all. This one has none: it reads them when it is asked.
 */
export class RegisteredMetric {
  readonly help: string;
  readonly type: ExportedMetric['type'];
  /** How several processes of a cluster become one. */
  readonly aggregator = 'sum';
  /** A registry in the format of OpenMetrics takes the `_total` away, and writes it itself. */
  name: string;

  constructor(
    prefix: string,
    private readonly metric: ExportedMetric,
    private readonly read: (metric: ExportedMetric) => ReturnType<ExportedMetric['read']>,
  ) {
    this.name = prefix + metric.name;
    this.help = metric.help;
    this.type = metric.type;
  }

  get() {
    const { name, help, type, aggregator } = this;
    return Promise.resolve({ name, help, type, aggregator, values: this.values() });
  }

  /** Counters of the node are not started anew from here. */
  reset(): void {
    return;
  }

  private values(): RegistryValue[] {
    const read = this.read(this.metric);
    if (typeof read === 'number') return [{ labels: {}, value: read }];
    return read.map(({ labels, value, suffix }) => {
      return suffix === undefined ? { labels, value } : { labels, value, metricName: this.name + suffix };
    });
  }
}
