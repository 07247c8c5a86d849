import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { oneNode, twoNodes } from './backplane-contract-case.js';

const namesOf = (commands: readonly { readonly name: string }[]) => commands.map(({ name }) => name);

/** Requests to all nodes, or to one. */
export const COMMAND_CASES = [
  oneNode('command: resolves when it was carried out here', async (bench) => {
    const node = await bench.node();
    node.onExecute = async () => {
      await nextTurn();
      node.journal.push('carried out');
    };
    await node.backplane.command({ name: 'close' });
    node.journal.push('resolved');
    assert.deepEqual(node.journal, ['command close', 'carried out', 'resolved']);
  }),

  oneNode('command: arrives as it was given', async (bench) => {
    const node = await bench.node();
    const command = { name: 'close', target: { user: 'ä "1"' }, list: [1, null, { deep: true }] };
    await node.backplane.command(command);
    assert.deepEqual(node.commands, [command]);
  }),

  oneNode(
    'command: is carried out after what was published before it, and before what comes after it',
    async (bench) => {
      const node = await bench.node();
      await node.backplane.subscribe('room');
      const calls = [
        node.publish('room', 'one'),
        node.backplane.command({ name: 'two' }),
        node.backplane.command({ name: 'three' }),
        node.publish('room', 'four'),
      ];
      await Promise.all(calls);
      await node.until('everything', () => node.journal.length >= 4);
      assert.deepEqual(node.journal, ['message one', 'command two', 'command three', 'message four']);
    },
  ),

  oneNode('command: to this node is carried out, to another one it is not', async (bench) => {
    const node = await bench.node();
    await node.backplane.command({ name: 'elsewhere' }, 'a node that does not exist');
    await node.backplane.command({ name: 'here' }, node.id);
    assert.deepEqual(namesOf(node.commands), ['here']);
  }),

  twoNodes('command: runs on every node, once', async (bench) => {
    const [one, two] = [await bench.node(), await bench.node()];
    await one.backplane.command({ name: 'first' });
    await two.backplane.command({ name: 'second' });
    for (const node of [one, two]) {
      await node.until('both commands', () => node.commands.length >= 2);
      assert.deepEqual(namesOf(node.commands), ['first', 'second']);
    }
  }),

  twoNodes('command: to one node runs only there', async (bench) => {
    const [one, two] = [await bench.node(), await bench.node()];
    await one.backplane.command({ name: 'for two' }, two.id);
    await one.backplane.command({ name: 'for one' }, one.id);
    await one.backplane.command({ name: 'for all' });
    await one.until('its commands', () => one.commands.length >= 2);
    await two.until('its commands', () => two.commands.length >= 2);
    assert.deepEqual(namesOf(one.commands), ['for one', 'for all']);
    assert.deepEqual(namesOf(two.commands), ['for two', 'for all']);
  }),
];
