import { deliveryMetrics, measureDeliveries } from './deliveries.js';
import { type Work } from './work.js';

export const sharedSubject: Work = {
  id: 'P3',
  title: 'The same Subject returned by every handler, 5,000 subscribers',
  how: 'As P1. The two servers differ by the decorator of the method and by nothing else.',
  connections: 5_000,
  seconds: 6,
  contenders: ['event-stream-subject', 'nest-sse'],
  metrics: deliveryMetrics,
  measure: (contender, connections) =>
    measureDeliveries(contender, connections, { eventsAtOnce: 1, warmUp: 10, broadcasts: 30 }),
};
