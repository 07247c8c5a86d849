import assert from 'node:assert/strict';
import { eventually, oneNode, twoNodes } from './backplane-contract-case.js';
import { type ContractNode } from './backplane-contract-node.js';

/** What a node says of a user's connections to a channel. */
const say = ({ backplane }: ContractNode, userId: string, connections: number, since = 1_000, channel = 'room') =>
  backplane.updatePresence([{ channel, userId, connections, since }]);

const told = ({ presences }: ContractNode) => presences.map(({ type, userId }) => `${type} ${userId}`);

/** Waits until a user's coming and going at the end is told: what was before it must have been told by then. */
async function untilEnd(first: ContractNode, ...more: ContractNode[]): Promise<void> {
  await say(first, 'end', 1);
  for (const node of [first, ...more]) await node.until('the end', () => told(node).includes('join end'));
}

/** Who is where. */
export const PRESENCE_CASES = [
  oneNode('presence: a user joins with his first connection and leaves with his last', async (bench) => {
    const node = await bench.node();
    await node.backplane.subscribe('room');
    for (const connections of [1, 2, 1, 0]) await say(node, 'ann', connections);
    await untilEnd(node);
    assert.deepEqual(told(node), ['join ann', 'leave ann', 'join end']);
    assert.deepEqual(node.presences[0], { type: 'join', channel: 'room', userId: 'ann' });
  }),

  oneNode('presence: saying a thing twice, or that somebody left who was not there, tells nothing', async (bench) => {
    const node = await bench.node();
    await node.backplane.subscribe('room');
    for (const connections of [0, 1, 1, 0, 0]) await say(node, 'ann', connections);
    await untilEnd(node);
    assert.deepEqual(told(node), ['join ann', 'leave ann', 'join end']);
  }),

  oneNode('presence: many updates at once are told in their order', async (bench) => {
    const node = await bench.node();
    await node.backplane.subscribe('room');
    const users = Array.from({ length: 50 }, (_, index) => `user ${index}`);
    await node.backplane.updatePresence(
      users.map((userId) => ({ channel: 'room', userId, connections: 1, since: 1_000 })),
    );
    await node.until('all of them', () => node.presences.length >= users.length);
    assert.deepEqual(
      told(node),
      users.map((user) => `join ${user}`),
    );
    assert.equal((await node.backplane.members('room')).length, users.length);
  }),

  oneNode('presence: is told of channels that the node subscribes to', async (bench) => {
    const node = await bench.node();
    await node.backplane.subscribe('room');
    await say(node, 'ann', 1, 1_000, 'another room');
    await untilEnd(node);
    assert.deepEqual(told(node), ['join end']);
    assert.equal((await node.backplane.members('another room')).length, 1);
  }),

  oneNode('members: names users with their connections, and since when they are there', async (bench) => {
    const node = await bench.node();
    assert.deepEqual(await node.backplane.members('room'), []);
    await say(node, 'ann', 2, 1_000);
    await say(node, 'ben "ä"', 1, 2_000);
    await say(node, 'cid', 1);
    await say(node, 'cid', 0);
    await say(node, 'dan', 1, 1_000, 'another room');
    const members = await node.backplane.members('room');
    assert.deepEqual(
      members.toSorted((one, other) => one.since - other.since),
      [
        { userId: 'ann', connections: 2, since: 1_000 },
        { userId: 'ben "ä"', connections: 1, since: 2_000 },
      ],
    );
  }),

  oneNode('nodes: has this one with what it says of itself', async (bench) => {
    const node = await bench.node();
    const payload = { connections: 3, name: 'ä' };
    node.backplane.describeNode(payload);
    const self = await eventually('the payload went out', async () => {
      const nodes = await node.backplane.nodes();
      assert.deepEqual(
        nodes.map(({ id }) => id),
        [node.id],
      );
      return nodes.find((lease) => lease.payload && Object.keys(lease.payload).length > 0);
    });
    assert.deepEqual(self.payload, payload);
  }),

  twoNodes('presence: a user on two nodes joins once and leaves once, and every node is told', async (bench) => {
    const nodes = [await bench.node(), await bench.node()] as const;
    for (const { backplane } of nodes) await backplane.subscribe('room');
    const [one, two] = nodes;
    await say(one, 'ann', 1);
    await say(two, 'ann', 2);
    await say(one, 'ann', 0);
    await say(two, 'ann', 0);
    await untilEnd(one, two);
    for (const node of nodes) assert.deepEqual(told(node), ['join ann', 'leave ann', 'join end']);
  }),

  twoNodes('members: adds up what the nodes have', async (bench) => {
    const [one, two] = [await bench.node(), await bench.node()];
    await say(one, 'ann', 1, 2_000);
    await say(two, 'ann', 2, 1_000);
    for (const { backplane } of [one, two]) {
      assert.deepEqual(await backplane.members('room'), [{ userId: 'ann', connections: 3, since: 1_000 }]);
    }
    await say(two, 'ann', 0);
    assert.deepEqual(await two.backplane.members('room'), [{ userId: 'ann', connections: 1, since: 2_000 }]);
  }),

  twoNodes('nodes: has all that are alive', async (bench) => {
    const [one, two] = [await bench.node(), await bench.node()];
    for (const { backplane } of [one, two]) {
      const ids = await eventually('both are there', async () => {
        const nodes = await backplane.nodes();
        return nodes.length >= 2 && nodes.map(({ id }) => id);
      });
      assert.deepEqual(ids.toSorted(), [one.id, two.id].toSorted());
    }
  }),
];
