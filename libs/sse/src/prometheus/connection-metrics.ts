import { counter, type ExportedMetric, gauge, sampleOf, samplesBy } from './exported-metric.js';

/** Who is there, and who waits. */
export const CONNECTION_METRICS: readonly ExportedMetric[] = [
  gauge('connections', 'Open connections.', ({ connections }) => connections.active),
  gauge('connections_limit', 'The option connections.max; absent where it is null.', ({ limits }) =>
    sampleOf(limits.connections),
  ),
  gauge('connections_peak', 'The most connections that were open at once.', ({ connections }) => connections.peak),
  gauge('connections_blocked', 'Connections whose client does not read at the moment.', ({ queues }) => queues.blocked),
  counter('connections_opened_total', 'Connections that opened.', ({ connections }) => connections.opened),
  counter('connections_refused_total', 'Connections that were refused.', ({ connections }) => connections.refused),
  counter('connections_closed_total', 'Connections that ended, by the reason.', ({ connections }) =>
    samplesBy('reason', connections.closed),
  ),
  gauge('users', 'Users with an open connection.', ({ connections }) => connections.users),
  gauge(
    'channels',
    'Channels with a listener, those of audiences included.',
    ({ connections }) => connections.channels,
  ),
  counter(
    'resumes_total',
    'Clients that came back, by whether they could be given all that they had missed.',
    (state) => samplesBy('outcome', { ...state.resumes }),
  ),
  counter('heartbeats_total', 'Heartbeats that were due, by whether one had to be sent.', ({ heartbeats }) =>
    samplesBy('outcome', { ...heartbeats }),
  ),
];
