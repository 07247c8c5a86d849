import {
  countSystemCalls,
  deliveryMetrics,
  type DeliveryPlan,
  measureDeliveries,
  systemCallMetrics,
} from './deliveries.js';
import { type Work } from './work.js';

const plan: DeliveryPlan = { eventsAtOnce: 10, warmUp: 5, broadcasts: 15 };

export const tenEvents: Work = {
  id: 'P2',
  title: 'Ten events in a tick to 2,000 subscribers',
  how:
    'As P1, with ten events published within one tick, over 15 such broadcasts after 5 to warm up; CPU time per event ' +
    'and subscriber. The application of most contenders publishes one event after the other, as if it did not know of the ' +
    'others; the batch of better-sse is for one that does. System calls as in P1.',
  connections: 2_000,
  seconds: 5,
  contenders: ['event-stream-channel', 'nest-sse', 'better-sse', 'better-sse-batch', 'socket-io', 'bare-http'],
  metrics: [...deliveryMetrics, ...systemCallMetrics],
  measure: (contender, connections) => measureDeliveries(contender, connections, plan),
  measureOnce: (contender) => countSystemCalls(contender, plan),
};
