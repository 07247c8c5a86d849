import { deliveryMetrics, measureDeliveries } from './deliveries.js';
import { type Work } from './work.js';

export const oneEvent: Work = {
  id: 'P1',
  title: 'One event to 5,000 subscribers',
  how:
    'CPU time of the server process (`process.cpuUsage`, user and system) per delivery, over 30 broadcasts of one event ' +
    'after 10 to warm up. The next event is published when every client has received the last.',
  connections: 5_000,
  contenders: ['event-stream-channel', 'nest-sse', 'better-sse', 'socket-io', 'bare-http'],
  metrics: deliveryMetrics,
  measure: (contender, connections) =>
    measureDeliveries(contender, connections, { eventsAtOnce: 1, warmUp: 10, broadcasts: 30 }),
};
