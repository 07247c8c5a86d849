import assert from 'node:assert/strict';
import { type Backplane } from '../backplane/backplane.js';
import { SseBackplaneError } from '../backplane/sse-backplane-error.js';
import { oneNode, twoNodes } from './backplane-contract-case.js';

const MESSAGE = { channel: 'room', data: 'x' };

/** Every verb that answers, but `unsubscribe`: of what was closed nothing has to be left. */
const VERBS: Record<string, (backplane: Backplane) => Promise<unknown>> = {
  publish: (backplane) => backplane.publish(MESSAGE),
  subscribe: (backplane) => backplane.subscribe('room'),
  sync: (backplane) => backplane.sync(),
  history: (backplane) => backplane.history('room'),
  command: (backplane) => backplane.command({ name: 'x' }),
  updatePresence: (backplane) =>
    backplane.updatePresence([{ channel: 'room', userId: 'ann', connections: 1, since: 1_000 }]),
  members: (backplane) => backplane.members('room'),
  nodes: (backplane) => backplane.nodes(),
  enqueue: (backplane) => backplane.enqueue('ann', MESSAGE),
  queued: (backplane) => backplane.queued('ann', 0, 1),
  attempt: (backplane) => backplane.attempt('ann', [1]),
  taken: (backplane) => backplane.taken('ann', { epoch: 'e', sequence: 1 }),
  queueSize: (backplane) => backplane.queueSize('ann'),
  clearQueue: (backplane) => backplane.clearQueue('ann'),
  put: (backplane) => backplane.put('key', 'x', { ttl: 1_000 }),
  get: (backplane) => backplane.get('key'),
  take: (backplane) => backplane.take('key'),
  count: (backplane) => backplane.count('key', 1_000),
};

/** The end of a backplane. */
export const END_CASES = [
  oneNode('close: every verb rejects with an SseBackplaneError from then on', async (bench) => {
    const node = await bench.node();
    const { backplane } = node;
    await backplane.subscribe('room');
    await node.close();
    for (const [name, call] of Object.entries(VERBS)) {
      let outcome: unknown;
      try {
        outcome = await call(backplane).then(
          () => 'resolved',
          (error: unknown) => error,
        );
      } catch {
        outcome = 'threw, where it has to reject';
      }
      assert.ok(outcome instanceof SseBackplaneError, `${name}: ${String(outcome)}`);
    }
    backplane.describeNode({});
    await backplane.unsubscribe('room').catch(() => undefined);
  }),

  oneNode('close: nothing is delivered from then on', async (bench) => {
    const node = await bench.node();
    await node.backplane.subscribe('room');
    await node.publish('room', 'one');
    await node.untilDelivered('room', ['one']);
    await node.close();
    await node.publish('room', 'two').catch(() => undefined);
    assert.deepEqual(node.dataOf('room'), ['one']);
  }),

  twoNodes('close: the others go on', async (bench) => {
    const [one, two] = [await bench.node(), await bench.node()];
    for (const { backplane } of [one, two]) await backplane.subscribe('room');
    await one.publish('room', 'one');
    await two.untilDelivered('room', ['one']);
    await one.close();
    await two.publish('room', 'two');
    await two.untilDelivered('room', ['one', 'two']);
    assert.deepEqual(
      (await two.backplane.history('room')).messages.map(({ data }) => data),
      ['one', 'two'],
    );
  }),
];
