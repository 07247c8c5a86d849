import { counter, type ExportedMetric, gauge, type Sample, samplesBy, type ScrapedState } from './exported-metric.js';

/** What is sent, what waits and what is left out. */
export const EVENT_METRICS: readonly ExportedMetric[] = [
  counter('events_published_total', 'Events that this node has published.', ({ events }) => events.published),
  counter('events_received_total', 'Events that came to this node from any node.', ({ events }) => events.received),
  counter('events_sent_total', 'Events written, once for each connection.', ({ events }) => events.sent),
  counter('sent_bytes_total', 'Bytes of the events written, before compression.', ({ events }) => events.sentBytes),
  counter(
    'compression_plain_bytes_total',
    'Bytes of the events written compressed, before that.',
    ({ compression }) => compression.plainBytes,
  ),
  counter(
    'compression_sent_bytes_total',
    'Bytes of the events written compressed, as they were sent.',
    ({ compression }) => compression.sentBytes,
  ),
  counter(
    'events_delayed_total',
    'Events that had to wait for a token of a rate limit.',
    ({ events }) => events.delayed,
  ),
  counter('events_dropped_total', 'Events left out, by the reason.', ({ events }) =>
    samplesBy('reason', events.dropped),
  ),
  {
    name: 'delivery_latency_seconds',
    type: 'histogram',
    help: 'From the publication of an event to its socket; not of those that were caught up with later.',
    read: latency,
  },
  gauge('queue_events', 'Events that wait for slow clients.', ({ queues }) => queues.events),
  gauge('queue_longest_events', 'Events in the longest queue.', ({ queues }) => queues.longest),
  gauge('queue_bytes', 'Bytes that wait for slow clients; a shared event counts once.', ({ queues }) => queues.bytes),
  gauge('queue_peak_bytes', 'The most bytes that waited.', ({ queues }) => queues.peakBytes),
  gauge('queue_limit_bytes', 'The option queue.maxTotalBytes.', ({ limits }) => limits.queuedBytes),
];

/** The buckets are cumulative, as Prometheus has them. */
function latency({ latency: { buckets, sum, count } }: ScrapedState): Sample[] {
  const inBuckets = buckets.map(({ upTo, count: value }): Sample => ({
    suffix: '_bucket',
    labels: { le: upTo === Infinity ? '+Inf' : upTo / 1_000 },
    value,
  }));
  return [
    ...inBuckets,
    { suffix: '_sum', labels: {}, value: sum / 1_000 },
    { suffix: '_count', labels: {}, value: count },
  ];
}
