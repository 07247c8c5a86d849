import { deliveryMetrics, measureDeliveries } from './deliveries.js';
import { type Work } from './work.js';

export const tenEvents: Work = {
  id: 'P2',
  title: 'Ten events in a tick to 2,000 subscribers',
  how:
    'As P1, with ten events published within one tick, over 15 such broadcasts after 5 to warm up; CPU time per event ' +
    'and subscriber.',
  connections: 2_000,
  contenders: ['event-stream-channel', 'nest-sse', 'better-sse', 'socket-io', 'bare-http'],
  metrics: deliveryMetrics,
  measure: (contender, connections) =>
    measureDeliveries(contender, connections, { eventsAtOnce: 10, warmUp: 5, broadcasts: 15 }),
};
