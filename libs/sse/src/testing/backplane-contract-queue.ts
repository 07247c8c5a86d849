import assert from 'node:assert/strict';
import { type DeadLetter } from '../backplane/queue-port.js';
import { eventually, oneNode, present, sequenceOf, twoNodes } from './backplane-contract-case.js';
import { type ContractNode } from './backplane-contract-node.js';

const USER = 'ann "ä"';
const CHANNEL = `$user.${USER}`;

/** Enqueues messages with these data; returns their numbers. */
async function enqueue({ backplane }: ContractNode, ...data: string[]): Promise<number[]> {
  const numbers: number[] = [];
  for (const each of data) numbers.push(sequenceOf(await backplane.enqueue(USER, { channel: CHANNEL, data: each })));
  return numbers;
}

const waiting = async ({ backplane }: ContractNode, userId = USER) =>
  (await backplane.queued(userId, 0, 1_000)).messages.map(({ message }) => message.data);

/** A number, in the log that there is. */
const placeOf = async ({ backplane }: ContractNode, sequence: number) => ({ ...(await backplane.sync()), sequence });

const obituary = ({ userId, reason, letter }: DeadLetter) => [userId, reason, letter.message.data];

/** Messages that wait for users. */
export const QUEUE_CASES = [
  oneNode('enqueue: publishes a message and stores it, under one id', async (bench) => {
    const node = await bench.node();
    await node.backplane.subscribe(CHANNEL);
    const message = { channel: CHANNEL, data: 'ä\n"1"', type: 'note', priority: 'critical', key: 'k' } as const;
    const { id, dead } = await node.backplane.enqueue(USER, message);
    assert.deepEqual(dead, []);
    await node.until('the message', () => node.delivered.length > 0);
    assert.deepEqual([node.delivered[0]?.id, node.delivered[0]?.queued], [id, true]);
    const kept = (await node.backplane.history(CHANNEL)).messages;
    assert.deepEqual(
      kept.map((each) => [each.id, each.queued]),
      [[id, true]],
    );
    const { messages, hasMore, dead: expired } = await node.backplane.queued(USER, 0, 10);
    assert.deepEqual([hasMore, expired], [false, []]);
    assert.deepEqual(
      messages.map((each) => [each.id, each.sequence, each.attempts]),
      [[id, sequenceOf({ id }), 0]],
    );
    const { channel, data, type, priority, key } = present(messages[0]).message;
    assert.deepEqual({ channel, data, type, priority, key }, message);
  }),

  oneNode('enqueue: is there for a node that asks when it is given the message', async (bench) => {
    const node = await bench.node();
    await node.backplane.subscribe(CHANNEL);
    let size: Promise<number> | undefined;
    node.onDeliver = () => {
      size = node.backplane.queueSize(USER);
    };
    await node.backplane.enqueue(USER, { channel: CHANNEL, data: 'one' });
    await node.until('the message', () => size !== undefined);
    assert.equal(await size, 1);
  }),

  oneNode('enqueue: an idempotency key stores once', async (bench) => {
    const node = await bench.node();
    const options = { idempotencyKey: 'key' };
    const first = await node.backplane.enqueue(USER, { channel: CHANNEL, data: 'one' }, options);
    const again = await node.backplane.enqueue(USER, { channel: CHANNEL, data: 'one' }, options);
    assert.deepEqual([again.id, again.dead], [first.id, []]);
    assert.deepEqual(await waiting(node), ['one']);
    assert.equal((await node.backplane.history(CHANNEL)).messages.length, 1);
  }),

  oneNode('enqueue: the oldest gives way when the queue is full, and is returned', async (bench) => {
    const node = await bench.node({ messageQueue: { maxPerUser: 2 } });
    const [one] = await enqueue(node, 'one', 'two');
    await node.backplane.enqueue('ben', { channel: '$user.ben', data: 'of another' });
    const { dead } = await node.backplane.enqueue(USER, { channel: CHANNEL, data: 'three' });
    assert.deepEqual(dead.map(obituary), [[USER, 'overflow', 'one']]);
    assert.equal(dead[0]?.letter.sequence, one);
    assert.deepEqual(await waiting(node), ['two', 'three']);
    assert.deepEqual(await waiting(node, 'ben'), ['of another']);
  }),

  oneNode('queued: gives messages in their order, in batches behind a number', async (bench) => {
    const node = await bench.node();
    const data = Array.from({ length: 7 }, (_, index) => `${index}`);
    await enqueue(node, ...data);
    const batches: (string | undefined)[][] = [];
    for (let after = 0, hasMore = true; hasMore;) {
      const batch = await node.backplane.queued(USER, after, 3);
      batches.push(batch.messages.map(({ message }) => message.data));
      after = batch.messages.at(-1)?.sequence ?? after;
      ({ hasMore } = batch);
    }
    assert.deepEqual(batches, [['0', '1', '2'], ['3', '4', '5'], ['6']]);
    assert.equal(await node.backplane.queueSize(USER), 7, 'reading takes nothing');
  }),

  oneNode('queued: has no more where a batch is just full', async (bench) => {
    const node = await bench.node();
    const numbers = await enqueue(node, 'one', 'two');
    assert.equal((await node.backplane.queued(USER, 0, 2)).hasMore, false);
    const rest = await node.backplane.queued(USER, present(numbers[1]), 2);
    assert.deepEqual([rest.messages, rest.hasMore], [[], false]);
    const nobody = await node.backplane.queued('nobody', 0, 2);
    assert.deepEqual([nobody.messages, nobody.hasMore, nobody.dead], [[], false, []]);
  }),

  oneNode('queued: what is older than the time to live is removed and returned', async (bench) => {
    const node = await bench.node({ messageQueue: { ttl: 40 } });
    const [sequence] = await enqueue(node, 'one');
    const dead = await eventually('it has expired', async () => {
      const answer = await node.backplane.queued(USER, 0, 10);
      return answer.dead.length > 0 && answer.dead;
    });
    assert.deepEqual(dead.map(obituary), [[USER, 'expired', 'one']]);
    assert.equal(dead[0]?.letter.sequence, sequence);
    const after = await node.backplane.queued(USER, 0, 10);
    assert.deepEqual([after.messages, after.dead], [[], []]);
    assert.equal(await node.backplane.queueSize(USER), 0);
  }),

  oneNode("queued: a message's own time to live holds too", async (bench) => {
    const node = await bench.node();
    await node.backplane.enqueue(USER, { channel: CHANNEL, data: 'long' });
    await node.backplane.enqueue(USER, { channel: CHANNEL, data: 'short', ttl: 40 });
    const dead = await eventually('it has expired', async () => {
      const answer = await node.backplane.queued(USER, 0, 10);
      return answer.dead.length > 0 && answer.dead;
    });
    assert.deepEqual(dead.map(obituary), [[USER, 'expired', 'short']]);
    assert.deepEqual(await waiting(node), ['long']);
  }),

  oneNode('attempt: counts tries, and removes and returns what had as many as it may', async (bench) => {
    const node = await bench.node({ messageQueue: { maxAttempts: 2 } });
    const [one, two] = (await enqueue(node, 'one', 'two')) as [number, number];
    assert.deepEqual(await node.backplane.attempt(USER, [one, two]), []);
    assert.deepEqual(await node.backplane.attempt(USER, [one]), []);
    const attempts = (await node.backplane.queued(USER, 0, 10)).messages.map((message) => message.attempts);
    assert.deepEqual(attempts, [2, 1]);
    const dead = await node.backplane.attempt(USER, [one, two]);
    assert.deepEqual(dead.map(obituary), [[USER, 'attempts', 'one']]);
    assert.deepEqual(await waiting(node), ['two']);
  }),

  oneNode('attempt: what is not in the queue any more is of no account', async (bench) => {
    const node = await bench.node();
    const [one, two] = (await enqueue(node, 'one', 'two')) as [number, number];
    await node.backplane.taken(USER, await placeOf(node, one));
    assert.deepEqual(await node.backplane.attempt(USER, [one, two + 1_000]), []);
    assert.deepEqual(await node.backplane.attempt('nobody', [two]), []);
    assert.deepEqual(await node.backplane.attempt(USER, []), []);
    assert.deepEqual(await waiting(node), ['two']);
  }),

  oneNode('taken: removes everything up to a number', async (bench) => {
    const node = await bench.node();
    const numbers = await enqueue(node, 'one', 'two', 'three');
    assert.equal(await node.backplane.taken(USER, await placeOf(node, present(numbers[1]))), 2);
    assert.equal(await node.backplane.taken(USER, await placeOf(node, present(numbers[1]))), 0);
    assert.deepEqual(await waiting(node), ['three']);
    const elsewhere = { epoch: 'another', sequence: present(numbers[2]) };
    assert.equal(await node.backplane.taken(USER, elsewhere), 0, 'numbers of another log say nothing of this one');
    assert.equal(await node.backplane.taken('nobody', await placeOf(node, present(numbers[2]))), 0);
  }),

  oneNode('queueSize and clearQueue: are about one user', async (bench) => {
    const node = await bench.node();
    await enqueue(node, 'one', 'two', 'three');
    await node.backplane.enqueue('ben', { channel: '$user.ben', data: 'four' });
    assert.equal(await node.backplane.queueSize(USER), 3);
    assert.equal(await node.backplane.queueSize('nobody'), 0);
    assert.equal(await node.backplane.clearQueue(USER), 3);
    assert.equal(await node.backplane.clearQueue(USER), 0);
    assert.deepEqual(await waiting(node), []);
    assert.deepEqual(await waiting(node, 'ben'), ['four']);
  }),

  twoNodes('queue: is one for all nodes', async (bench) => {
    const [one, two] = [await bench.node(), await bench.node()];
    const [first] = await enqueue(one, 'one');
    await enqueue(two, 'two');
    assert.deepEqual(await waiting(one), ['one', 'two']);
    await one.backplane.attempt(USER, [present(first)]);
    assert.equal((await two.backplane.queued(USER, 0, 1)).messages[0]?.attempts, 1);
    assert.equal(await two.backplane.taken(USER, await placeOf(two, present(first))), 1);
    assert.deepEqual(await waiting(one), ['two']);
  }),

  twoNodes('queue: a message that is buried is returned to one caller', async (bench) => {
    const settings = { messageQueue: { maxPerUser: 1, ttl: 40 } };
    const [one, two] = [await bench.node(settings), await bench.node(settings)];
    await enqueue(one, 'one');
    const dead: DeadLetter[] = [];
    await eventually('it has expired', async () => {
      const answers = await Promise.all([one, two].map(({ backplane }) => backplane.queued(USER, 0, 10)));
      for (const answer of answers) dead.push(...answer.dead);
      return answers.every(({ messages }) => messages.length === 0);
    });
    assert.deepEqual(dead.map(obituary), [[USER, 'expired', 'one']]);
  }),
];
