import assert from 'node:assert/strict';
import { type ChannelMessage } from '../backplane/channel-message.js';
import { oneNode, present, sequenceOf, twoNodes } from './backplane-contract-case.js';

/** A message that uses everything a message can have. */
const FULL: ChannelMessage = {
  channel: 'room:ä "1"',
  type: 'note',
  data: 'first line\nsecond: "quoted" \\ \u2028 ☕ \0',
  retry: 1_234,
  comment: 'a comment',
  key: 'the key',
  except: { connections: ['c-1'], users: ['u-1', 'u 2'] },
  priority: 'critical',
  ttl: 60_000,
};

function fieldsOf(message: ChannelMessage): ChannelMessage {
  const { channel, type, data, retry, comment, key, except, priority, ttl } = message;
  return { channel, type, data, retry, comment, key, except, priority, ttl };
}

/** Publishing and delivering. */
export const PUBLISH_CASES = [
  oneNode('publish: delivers a message as it was given, with the id that the caller gets', async (bench) => {
    const node = await bench.node();
    const { position } = await node.backplane.subscribe(FULL.channel);
    const { id } = await node.backplane.publish(FULL);
    await node.until('the message', () => node.delivered.length > 0);
    const kept = (await node.backplane.history(FULL.channel)).messages;
    for (const message of [node.delivered[0], kept[0]].map(present)) {
      assert.deepEqual(fieldsOf(message), FULL);
      assert.equal(message.id, id);
      assert.equal(message.id, `${position.epoch}-${message.sequence}`);
      assert.ok(message.age >= 0, `its age is ${message.age}`);
    }
  }),

  oneNode('publish: leaves out what a message does not have', async (bench) => {
    const node = await bench.node();
    await node.backplane.subscribe('room');
    await node.backplane.publish({ channel: 'room' });
    await node.until('the message', () => node.delivered.length > 0);
    const message = present(node.delivered[0]);
    assert.deepEqual(fieldsOf(message), fieldsOf({ channel: 'room' }));
    assert.ok(!message.queued);
    assert.ok(!message.ephemeral);
  }),

  oneNode('publish: numbers grow over all channels', async (bench) => {
    const node = await bench.node();
    const numbers: number[] = [];
    for (const channel of ['a', 'b', 'a', 'c']) numbers.push(sequenceOf(await node.publish(channel, 'x')));
    assert.deepEqual(
      numbers,
      numbers.toSorted((one, other) => one - other),
    );
    assert.equal(new Set(numbers).size, numbers.length);
  }),

  oneNode('publish: messages keep their order, also when nobody waits for their promises', async (bench) => {
    const node = await bench.node();
    await Promise.all(['a', 'b', '$user.1'].map((channel) => node.backplane.subscribe(channel)));
    const calls: Promise<unknown>[] = [];
    const data: string[] = [];
    for (let index = 0; index < 90; index++) {
      data.push(`${index}`);
      if (index % 5 === 3) calls.push(node.backplane.enqueue('1', { channel: '$user.1', data: `${index}` }));
      else calls.push(node.publish(index % 2 ? 'a' : 'b', `${index}`, { ephemeral: index % 7 === 2 }));
    }
    await Promise.all(calls);
    await node.until('all of them', () => node.delivered.length >= data.length);
    assert.deepEqual(
      node.delivered.map((message) => message.data),
      data,
    );
  }),

  oneNode('publish: an ephemeral message is delivered without an id, and takes no place in the log', async (bench) => {
    const node = await bench.node();
    await node.backplane.subscribe('room');
    const before = sequenceOf(await node.publish('room', 'before'));
    assert.equal((await node.publish('room', 'typing', { ephemeral: true })).id, undefined);
    await node.publish('room', 'after');
    await node.untilDelivered('room', ['before', 'typing', 'after']);
    const [, typing, after] = node.delivered;
    assert.deepEqual([typing?.id, typing?.sequence], [undefined, 0]);
    assert.equal(after?.previous, before);
    const { messages } = await node.backplane.history('room');
    assert.deepEqual(
      messages.map(({ data }) => data),
      ['before', 'after'],
    );
  }),

  oneNode('publish: each message names the one before it in its channel', async (bench) => {
    const node = await bench.node();
    await Promise.all([node.backplane.subscribe('a'), node.backplane.subscribe('b')]);
    const one = sequenceOf(await node.publish('a', 'one'));
    const two = sequenceOf(await node.publish('b', 'two'));
    await node.publish('a', 'three');
    await node.publish('b', 'four');
    await node.until('four messages', () => node.delivered.length >= 4);
    assert.deepEqual(
      node.delivered.map(({ previous }) => previous),
      [0, 0, one, two],
    );
  }),

  oneNode('publish: an idempotency key publishes once, and always has the first id', async (bench) => {
    const node = await bench.node();
    await node.backplane.subscribe('room');
    const twice = { idempotencyKey: 'order 17' };
    const first = await node.backplane.publish({ channel: 'room', data: 'paid' }, twice);
    const calls = Array.from({ length: 3 }, () => node.backplane.publish({ channel: 'room', data: 'paid' }, twice));
    for (const again of await Promise.all(calls)) assert.equal(again.id, first.id);
    const other = await node.backplane.publish({ channel: 'room', data: 'sent' }, { idempotencyKey: 'order 17 sent' });
    assert.notEqual(other.id, first.id);
    await node.untilDelivered('room', ['paid', 'sent']);
  }),

  oneNode('publish: an idempotency key holds for an ephemeral message too', async (bench) => {
    const node = await bench.node();
    await node.backplane.subscribe('room');
    const message = { channel: 'room', data: 'typing', ephemeral: true };
    await node.backplane.publish(message, { idempotencyKey: 'key' });
    assert.equal((await node.backplane.publish(message, { idempotencyKey: 'key' })).id, undefined);
    await node.publish('room', 'after');
    await node.untilDelivered('room', ['typing', 'after']);
  }),

  oneNode('deliver: what is published while a message is being delivered comes after it', async (bench) => {
    const node = await bench.node();
    await node.backplane.subscribe('room');
    node.onDeliver = ({ data }) => {
      if (data !== 'one') return;
      void node.publish('room', 'two');
      void node.publish('room', 'three');
      node.journal.push('one is done');
    };
    await node.publish('room', 'one');
    await node.untilDelivered('room', ['one', 'two', 'three']);
    assert.deepEqual(node.journal, ['message one', 'one is done', 'message two', 'message three']);
  }),

  oneNode('deliver: a node that throws loses nothing but that message', async (bench) => {
    const node = await bench.node();
    await node.backplane.subscribe('room');
    node.onDeliver = ({ data }) => {
      if (data === 'bad') throw new Error('Thrown by a case of the contract: it belongs there.');
    };
    await node.publish('room', 'bad');
    await node.publish('room', 'good');
    await node.untilDelivered('room', ['bad', 'good']);
  }),

  twoNodes('publish: reaches every node that subscribes, and only those', async (bench) => {
    const [one, two] = [await bench.node(), await bench.node()];
    await Promise.all([one.backplane.subscribe('room'), two.backplane.subscribe('room')]);
    await two.backplane.subscribe('two only');
    await one.publish('two only', 'a');
    await two.publish('room', 'b');
    await one.publish('room', 'c');
    await two.untilDelivered('room', ['b', 'c']);
    await one.untilDelivered('room', ['b', 'c']);
    assert.deepEqual(two.dataOf('two only'), ['a']);
    assert.deepEqual(one.dataOf('two only'), []);
    assert.deepEqual(
      one.delivered.map(({ id }) => id),
      two.delivered.filter(({ channel }) => channel === 'room').map(({ id }) => id),
    );
  }),

  twoNodes('publish: an idempotency key holds on every node', async (bench) => {
    const [one, two] = [await bench.node(), await bench.node()];
    await two.backplane.subscribe('room');
    const options = { idempotencyKey: 'key' };
    const ids = await Promise.all(
      [one, two, one, two].map(({ backplane }) => backplane.publish({ channel: 'room', data: 'once' }, options)),
    );
    assert.equal(new Set(ids.map(({ id }) => id)).size, 1);
    await one.publish('room', 'end');
    await two.untilDelivered('room', ['once', 'end']);
  }),

  twoNodes('deliver: every node gets all of its channels in one order, whoever publishes', async (bench) => {
    const nodes = [await bench.node(), await bench.node()];
    const channels = ['a', 'b', 'c'];
    for (const { backplane } of nodes) await Promise.all(channels.map((channel) => backplane.subscribe(channel)));
    const calls: Promise<unknown>[] = [];
    for (let index = 0; index < 60; index++) {
      for (const node of nodes) calls.push(node.publish(present(channels[index % 3]), `${node.id} ${index}`));
    }
    await Promise.all(calls);
    for (const node of nodes) await node.until('all of them', () => node.delivered.length >= calls.length);
    const [one, two] = nodes.map(({ delivered }) => delivered.map(({ id, data }) => `${id} ${data}`));
    assert.deepEqual(one, two);
    assert.equal(one?.length, calls.length);
  }),
];
