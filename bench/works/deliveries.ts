import { type Contender } from '../contenders.js';
import { SystemCallCount } from '../profile/system-calls.js';
import { Pair } from './pair.js';
import { type Metric, type Sample } from './work.js';

export const deliveryMetrics: readonly Metric[] = [
  { key: 'cpu', title: 'CPU µs an event', digits: 2 },
  { key: 'user', title: 'of which user', digits: 2 },
  { key: 'bytes', title: 'bytes on the wire', digits: 0 },
];

/** For works that count system calls, too. */
export const systemCallMetrics: readonly Metric[] = [
  { key: 'writes', title: 'system calls an event: writes', digits: 2, drawn: true },
  { key: 'calls', title: 'all', digits: 2 },
];

/** Each call is stopped twice by strace, so these are few. Their number changes nothing per delivery. */
const TRACED_CONNECTIONS = 500;

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
    const broadcast = broadcaster(pair, connections);
    await broadcast(plan.warmUp, plan.eventsAtOnce);
    const bytesBefore = await pair.client.call('counts', null);
    const { user, system } = await cpuOf(pair, () => broadcast(plan.broadcasts, plan.eventsAtOnce));
    const counts = await pair.client.call('counts', null);
    const events = plan.broadcasts * connections * plan.eventsAtOnce;
    if (counts.events - bytesBefore.events !== events)
      throw new Error(`${contender.name}: not ${events} events arrived`);
    return {
      cpu: (user + system) / events,
      user: user / events,
      bytes: (counts.bytes - bytesBefore.bytes) / events,
    };
  });
}

/** System calls of the server process per delivery, in a run of their own; an empty sample where there is no strace. */
export function countSystemCalls(contender: Contender, plan: DeliveryPlan): Promise<Sample> {
  return Pair.run(contender, async (pair): Promise<Sample> => {
    await pair.open(TRACED_CONNECTIONS);
    const broadcast = broadcaster(pair, TRACED_CONNECTIONS);
    await broadcast(plan.warmUp, plan.eventsAtOnce);
    const count = await SystemCallCount.start(pair.server.pid);
    if (!count) return {};
    await broadcast(plan.broadcasts, plan.eventsAtOnce);
    const { all, writes } = await count.stop();
    const events = plan.broadcasts * TRACED_CONNECTIONS * plan.eventsAtOnce;
    return { writes: writes / events, calls: all / events };
  });
}

/** CPU time of the server process for a task, in µs. */
export async function cpuOf(
  { server }: Pair,
  task: () => Promise<unknown>,
): Promise<{ user: number; system: number; all: number }> {
  // What was done before must not be collected on the account of the task.
  await server.call('memory', null);
  const before = await server.call('cpu', null);
  await task();
  const after = await server.call('cpu', null);
  const user = after.user - before.user;
  const system = after.system - before.system;
  return { user, system, all: user + system };
}

/** Publishes so many times, so many events in one tick, each time waiting for all clients. Resolves with the last id. */
export function broadcaster(
  { server, client }: Pair,
  connections: number,
): (times: number, eventsAtOnce?: number) => Promise<string | undefined> {
  let expected = 0;
  return async (times, eventsAtOnce = 1) => {
    let id: string | undefined;
    for (let broadcast = 0; broadcast < times; broadcast++) {
      expected += connections * eventsAtOnce;
      const received = client.call('received', expected);
      [id] = await Promise.all([server.call('publish', eventsAtOnce), received]);
    }
    return id;
  };
}
