import {
  countSystemCalls,
  deliveryMetrics,
  type DeliveryPlan,
  measureDeliveries,
  systemCallMetrics,
} from './deliveries.js';
import { type Work } from './work.js';

const plan: DeliveryPlan = { eventsAtOnce: 1, warmUp: 10, broadcasts: 30 };

export const oneEvent: Work = {
  id: 'P1',
  title: 'One event to 5,000 subscribers',
  how:
    'CPU time of the server process (`process.cpuUsage`, user and system) per delivery, over 30 broadcasts of one event ' +
    'after 10 to warm up. The next event is published when every client has received the last. ' +
    'The system calls are those that `strace -c -f` counted in a run of their own with 500 subscribers, which changes ' +
    'nothing per delivery; writes are `write`, `writev`, `sendto` and `sendmsg`.',
  connections: 5_000,
  seconds: 6,
  contenders: ['event-stream-channel', 'nest-sse', 'better-sse', 'socket-io', 'bare-http'],
  metrics: [...deliveryMetrics, ...systemCallMetrics],
  measure: (contender, connections) => measureDeliveries(contender, connections, plan),
  measureOnce: (contender) => countSystemCalls(contender, plan),
};
