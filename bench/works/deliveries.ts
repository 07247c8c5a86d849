import { type Contender } from '../contenders.js';
import { Pair } from './pair.js';
import { type Metric, type Sample } from './work.js';

export const deliveryMetrics: readonly Metric[] = [
  { key: 'cpu', title: 'CPU µs an event', digits: 2 },
  { key: 'user', title: 'of which user', digits: 2 },
  { key: 'bytes', title: 'bytes on the wire', digits: 0 },
];

export interface DeliveryPlan {
  /** Published within one tick. */
  eventsAtOnce: number;
  /** Broadcasts until the compiler has seen enough of the code. */
  warmUp: number;
  /** Broadcasts that are measured. */
  broadcasts: number;
}

/**
 * One broadcast after the other: the next is published when every client has the last. So a slow contender is not
 * punished by a queue, a fast one does not idle at the pace of another, and what the server spends is the work alone;
 * how long its clients take does not enter, since CPU time is measured and not time.
 */
export function measureDeliveries(contender: Contender, connections: number, plan: DeliveryPlan): Promise<Sample> {
  return Pair.run(contender, async (pair) => {
    await pair.open(connections);
    const broadcast = broadcaster(pair, connections * plan.eventsAtOnce, plan.eventsAtOnce);
    await broadcast(plan.warmUp);
    // What opening left behind must not be collected on the account of the deliveries.
    await pair.server.call('memory', null);
    const bytesBefore = await pair.client.call('counts', null);
    const before = await pair.server.call('cpu', null);
    await broadcast(plan.broadcasts);
    const after = await pair.server.call('cpu', null);
    const counts = await pair.client.call('counts', null);
    const events = plan.broadcasts * connections * plan.eventsAtOnce;
    if (counts.events - bytesBefore.events !== events)
      throw new Error(`${contender.name}: not ${events} events arrived`);
    return {
      cpu: (after.user + after.system - before.user - before.system) / events,
      user: (after.user - before.user) / events,
      bytes: (counts.bytes - bytesBefore.bytes) / events,
    };
  });
}

/** Publishes so many times, each time waiting for all clients. */
export function broadcaster(
  { server, client }: Pair,
  eventsPerBroadcast: number,
  eventsAtOnce: number,
): (times: number) => Promise<void> {
  let expected = 0;
  return async (times) => {
    for (let broadcast = 0; broadcast < times; broadcast++) {
      expected += eventsPerBroadcast;
      const received = client.call('received', expected);
      await Promise.all([server.call('publish', eventsAtOnce), received]);
    }
  };
}
