import assert from 'node:assert/strict';
import { eventually, oneNode, present, sequenceOf, twoNodes } from './backplane-contract-case.js';

/** What is kept, and what is said of the rest. */
export const HISTORY_CASES = [
  oneNode('history: has the messages of the channel, the oldest first', async (bench) => {
    const node = await bench.node();
    const numbers: number[] = [];
    for (const data of ['one', 'two', 'three']) {
      numbers.push(sequenceOf(await node.publish('room', data)));
      await node.publish('other', 'x');
    }
    const { messages, completeAfter } = await node.backplane.history('room');
    assert.deepEqual(
      messages.map(({ data }) => data),
      ['one', 'two', 'three'],
    );
    assert.deepEqual(
      messages.map(({ sequence }) => sequence),
      numbers,
    );
    assert.deepEqual(
      messages.map(({ previous }) => previous),
      [0, ...numbers.slice(0, 2)],
    );
    assert.equal(completeAfter, 0);
  }),

  oneNode('history: of a channel without messages is empty and complete', async (bench) => {
    const node = await bench.node();
    await node.publish('other', 'x');
    const { messages, completeAfter, epoch } = await node.backplane.history('room');
    assert.deepEqual([messages, completeAfter], [[], 0]);
    assert.equal(epoch, (await node.backplane.sync()).epoch);
  }),

  oneNode('history: keeps so many messages of each channel, and tells where they begin', async (bench) => {
    const node = await bench.node({ history: { maxEvents: 3 } });
    const numbers: number[] = [];
    await node.publish('other', 'x');
    for (const data of ['one', 'two', 'three', 'four', 'five'])
      numbers.push(sequenceOf(await node.publish('room', data)));
    const { messages, completeAfter } = await node.backplane.history('room');
    assert.deepEqual(
      messages.map(({ data }) => data),
      ['three', 'four', 'five'],
    );
    assert.equal(completeAfter, numbers[1]);
    assert.equal(messages[0]?.previous, numbers[1]);
    assert.equal((await node.backplane.history('other')).messages.length, 1);
  }),

  oneNode('history: that keeps nothing tells that something was there', async (bench) => {
    const node = await bench.node({ history: { maxEvents: 0 } });
    const last = sequenceOf(await node.publish('room', 'one'));
    const { messages, completeAfter } = await node.backplane.history('room');
    assert.deepEqual(messages, []);
    assert.equal(completeAfter, last);
  }),

  oneNode('history: what is too old is not there, and is told', async (bench) => {
    const node = await bench.node({ history: { maxAge: 60 } });
    await node.publish('room', 'one');
    const last = sequenceOf(await node.publish('room', 'two'));
    await eventually('the messages are too old', async () => {
      const { messages } = await node.backplane.history('room');
      assert.ok(messages.every(({ age }) => age <= 60));
      return messages.length === 0;
    });
    assert.equal((await node.backplane.history('room')).completeAfter, last);
    const { last: known } = await node.backplane.subscribe('room');
    assert.ok(known >= last, `the last number was ${last}, and ${known} is known`);
    await node.publish('room', 'three');
    await node.untilDelivered('room', ['three']);
    assert.ok(present(node.delivered[0]).previous >= last);
  }),

  oneNode('history: tells how old a message is, and leaves those whose ttl has passed to the node', async (bench) => {
    const node = await bench.node();
    await node.publish('room', 'short-lived', { ttl: 5 });
    const age = () => node.backplane.history('room').then(({ messages }) => messages[0]?.age);
    await eventually('it is older than its ttl', async () => ((await age()) ?? 0) > 5);
    assert.equal((await node.backplane.history('room')).messages.length, 1);
  }),

  twoNodes('history: is the same for every node', async (bench) => {
    const [one, two] = [await bench.node(), await bench.node()];
    await one.publish('room', 'one');
    await two.publish('room', 'two');
    const histories = await Promise.all([one.backplane.history('room'), two.backplane.history('room')]);
    const [first, second] = histories.map(({ epoch, messages }) => [epoch, messages.map(({ id, data }) => [id, data])]);
    assert.deepEqual(first, second);
    assert.equal(histories[0].messages.length, 2);
  }),
];
