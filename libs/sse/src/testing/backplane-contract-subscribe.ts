import assert from 'node:assert/strict';
import { type PassedMessage } from '../backplane/channel-message.js';
import { eventually, oneNode, present, sequenceOf, twoNodes } from './backplane-contract-case.js';
import { type ContractNode } from './backplane-contract-node.js';

const sorted = (numbers: readonly number[]) => numbers.toSorted((one, other) => one - other);

const numbersOf = (messages: readonly PassedMessage[]) => messages.map(({ sequence }) => sequence);

/** Subscribes in the midst of publishing. What was recorded up to the position is in the history, and what is behind it comes. */
async function checkSeam(reader: ContractNode, writer: ContractNode): Promise<void> {
  const published: Promise<unknown>[] = [];
  const publishSome = () => {
    for (let count = 0; count < 100; count++) published.push(writer.publish(count % 3 ? 'room' : 'other', 'x'));
  };
  publishSome();
  const subscribing = reader.backplane.subscribe('room');
  publishSome();
  const { position, last } = await subscribing;
  publishSome();
  await Promise.all(published);
  await writer.publish('room', 'end');
  await reader.until('the end', () => reader.dataOf('room').includes('end'));
  const all = numbersOf((await reader.backplane.history('room')).messages);
  const before = all.filter((sequence) => sequence <= position.sequence);
  const live = numbersOf(reader.delivered).filter((sequence) => sequence > position.sequence);
  assert.deepEqual([...before, ...live], all);
  assert.equal(last, before.at(-1) ?? 0);
}

/** Subscribing, and where a node stands. */
export const SUBSCRIBE_CASES = [
  oneNode('subscribe: names the position behind which messages come, and the last one up to it', async (bench) => {
    const node = await bench.node();
    const nothing = await node.backplane.subscribe('quiet');
    assert.equal(nothing.last, 0);
    const last = sequenceOf(await node.publish('room', 'one'));
    const elsewhere = sequenceOf(await node.publish('elsewhere', 'two'));
    await node.publish('room', 'typing', { ephemeral: true });
    const subscribed = await node.backplane.subscribe('room');
    assert.equal(subscribed.last, last);
    assert.ok(subscribed.position.sequence >= elsewhere, `${subscribed.position.sequence} is below ${elsewhere}`);
    assert.equal(subscribed.position.epoch, (await node.backplane.history('room')).epoch);
    await node.publish('room', 'three');
    await node.untilDelivered('room', ['three']);
    assert.equal(node.delivered[0]?.previous, last);
  }),

  oneNode('subscribe: the last number is known, though nothing of the channel is kept', async (bench) => {
    const node = await bench.node({ history: { maxEvents: 0 } });
    const last = sequenceOf(await node.publish('room', 'one'));
    assert.ok((await node.backplane.subscribe('room')).last >= last);
    await node.publish('room', 'two');
    await node.untilDelivered('room', ['two']);
    assert.ok(present(node.delivered[0]).previous >= last);
  }),

  oneNode('subscribe: a second call for a channel changes nothing', async (bench) => {
    const node = await bench.node();
    await node.backplane.subscribe('room');
    const calls = [node.publish('room', 'one'), node.backplane.subscribe('room'), node.publish('room', 'two')];
    await Promise.all(calls);
    await node.untilDelivered('room', ['one', 'two']);
  }),

  oneNode('subscribe: between history and what is delivered nothing is missing', async (bench) => {
    const node = await bench.node();
    await checkSeam(node, node);
  }),

  oneNode('unsubscribe: the messages of a channel that was left do not come', async (bench) => {
    const node = await bench.node();
    await Promise.all([node.backplane.subscribe('room'), node.backplane.subscribe('other')]);
    await node.publish('room', 'one');
    await node.untilDelivered('room', ['one']);
    await node.unsubscribe('room');
    await node.unsubscribe('never subscribed');
    await node.publish('room', 'two');
    await node.publish('other', 'end');
    await node.untilDelivered('other', ['end']);
    assert.deepEqual(node.dataOf('room'), ['one']);
  }),

  oneNode('unsubscribe: who comes back is told what there was meanwhile', async (bench) => {
    const node = await bench.node();
    await node.backplane.subscribe('room');
    await node.unsubscribe('room');
    const missed = sequenceOf(await node.publish('room', 'missed'));
    const { last, position } = await node.backplane.subscribe('room');
    assert.equal(last, missed);
    assert.ok(position.sequence >= missed);
    await node.publish('room', 'new');
    await node.untilDelivered('room', ['new']);
  }),

  oneNode('sync: resolves with a position to which everything has been delivered', async (bench) => {
    const node = await bench.node();
    await node.backplane.subscribe('room');
    for (let round = 1; round <= 5; round++) {
      const last = sequenceOf(await node.publish('room', `${round}`));
      const elsewhere = sequenceOf(await node.publish('elsewhere', 'nobody listens'));
      const { epoch, sequence } = await node.backplane.sync();
      assert.ok(sequence >= elsewhere, `the position is ${sequence}, the counter was ${elsewhere}`);
      assert.equal(node.delivered.at(-1)?.sequence, last);
      assert.equal(epoch, (await node.backplane.history('room')).epoch);
    }
  }),

  oneNode('position: is never ahead of what was delivered, and never goes back', async (bench) => {
    const node = await bench.node();
    await node.backplane.subscribe('room');
    const seen: number[] = [];
    node.onDeliver = ({ sequence }) => {
      const position = node.backplane.position?.sequence ?? 0;
      // It may count the message that is just being delivered, or not yet.
      if (position > sequence) node.violations.push(`the position was ${position} when ${sequence} was delivered`);
      seen.push(position);
    };
    const calls = Array.from({ length: 50 }, (_, index) => node.publish(index % 2 ? 'room' : 'other', 'x'));
    await Promise.all(calls);
    await node.backplane.sync();
    seen.push(node.backplane.position?.sequence ?? 0);
    assert.deepEqual(seen, sorted(seen));
    assert.equal(seen.length, 26);
  }),

  oneNode('health: says that the engine answers', async (bench) => {
    const { backplane } = await bench.node();
    await eventually('health is up', () => Promise.resolve(backplane.health.status === 'up'));
  }),

  twoNodes('subscribe: nothing is missing there either while others publish', async (bench) => {
    await checkSeam(await bench.node(), await bench.node());
  }),

  twoNodes('sync: waits for what others have published', async (bench) => {
    const [one, two] = [await bench.node(), await bench.node()];
    await one.backplane.subscribe('room');
    for (let round = 1; round <= 5; round++) {
      const last = sequenceOf(await two.publish('room', `${round}`));
      const elsewhere = sequenceOf(await two.publish('elsewhere', 'nobody listens'));
      const { sequence } = await one.backplane.sync();
      assert.ok(sequence >= elsewhere, `the position is ${sequence}, the counter was ${elsewhere}`);
      assert.equal(one.delivered.at(-1)?.sequence, last);
    }
  }),
];
