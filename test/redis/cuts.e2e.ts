import { describe, expect, it } from '@jest/globals';
import { eventually, type RecordingNode } from './recording-node.js';
import { type RedisLink } from './redis-link.js';
import { useRedis } from './use-redis.js';

const { redis, link, node } = useRedis();

/** A node behind a link, and a publisher that is not. */
async function setUp(history = {}): Promise<{ behind: RecordingNode; line: RedisLink; publisher: RecordingNode }> {
  const server = await redis();
  const line = await link(server);
  const behind = await node(line, {}, history);
  await Promise.all(['a', 'b', 'c'].map((channel) => behind.backplane.subscribe(channel)));
  const publisher = await node(server, {}, history);
  return { behind, line, publisher };
}

/** What contains a text does not arrive as an event, though the connection goes on. */
function loseFrom(line: RedisLink, data: string): void {
  line.passesReply = (text, { purpose }) => purpose !== 'events' || !text.includes(JSON.stringify(data));
}

async function publishAll(publisher: RecordingNode, channels: string, data: string[]): Promise<void> {
  await Promise.all(data.map((text, index) => publisher.publish(channels[index % channels.length]!, text)));
}

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => String(from + index));

describe('A cut between a node and Redis', () => {
  it('loses nothing that history covers, in the order of all channels', async () => {
    const { behind, line, publisher } = await setUp();
    await publishAll(publisher, 'abc', numbers(1, 10));
    await behind.until('the first ten', () => behind.delivered.length === 10);
    line.cut();
    await publishAll(publisher, 'abc', numbers(11, 2_000));
    line.mend();
    await publishAll(publisher, 'cab', numbers(2_001, 2_100));
    await behind.until('all of them', () => behind.delivered.length >= 2_100);
    expect(behind.data).toEqual(numbers(1, 2_100));
    expect(behind.losses).toEqual([]);
  });

  it('is told to the node when it is over, which then asks again what it asked in vain', async () => {
    const { behind, line } = await setUp();
    const { returns } = behind;
    line.cut();
    await eventually('the cut to be noticed', () => behind.backplane.health.status === 'down');
    expect(behind.returns).toBe(returns);
    line.mend();
    await behind.until('the return', () => behind.returns > returns);
    expect(await behind.backplane.get('any record')).toBeUndefined();
  });

  it('has no position while it lasts, and the counter when it is over', async () => {
    const { behind, line, publisher } = await setUp();
    line.cut();
    await publishAll(publisher, 'ab', numbers(1, 5));
    await eventually('the cut to be noticed', () => behind.backplane.health.status === 'down');
    await eventually('the position to be unknown', () => behind.backplane.position === undefined);
    line.mend();
    await behind.until('what was missed', () => behind.delivered.length === 5);
    const position = await behind.backplane.sync();
    expect(position.sequence).toBe((await publisher.backplane.sync()).sequence);
    expect(behind.backplane.position).toEqual(position);
    expect(behind.backplane.health).toEqual({ status: 'up' });
  });

  it('is survived by events while only commands are cut, and the other way round', async () => {
    const { behind, line, publisher } = await setUp();
    for (const purpose of ['commands', 'events', 'commands', 'events'] as const) {
      const before = behind.delivered.length;
      line.drop(purpose);
      await publishAll(publisher, 'abc', numbers(1, 30));
      await behind.until('thirty more', () => behind.delivered.length === before + 30);
    }
    expect(behind.data).toEqual([1, 2, 3, 4].flatMap(() => numbers(1, 30)));
  });

  it('tells which channels have lost something when it lasts longer than history reaches', async () => {
    const { behind, line, publisher } = await setUp({ maxEvents: 5 });
    await publishAll(publisher, 'abc', numbers(1, 3));
    await behind.until('three', () => behind.delivered.length === 3);
    line.cut();
    await publishAll(publisher, 'a', numbers(4, 23));
    await publishAll(publisher, 'b', numbers(24, 27));
    line.mend();
    await behind.until('the rest', () => behind.data.includes('27'));
    expect(behind.losses).toMatchObject([{ channels: ['a'], reason: 'history', position: { sequence: 18 } }]);
    expect(behind.data).toEqual(['1', '2', '3', ...numbers(19, 27)]);
  });

  it('tells of every channel that moved where nothing is kept', async () => {
    const { behind, line, publisher } = await setUp({ maxEvents: 0 });
    await publishAll(publisher, 'abc', numbers(1, 3));
    await behind.until('three', () => behind.delivered.length === 3);
    line.cut();
    await publishAll(publisher, 'ab', numbers(4, 5));
    line.mend();
    await behind.until('the loss', () => behind.losses.length > 0);
    await publishAll(publisher, 'abc', numbers(6, 8));
    await behind.until('the rest', () => behind.data.includes('8'));
    expect(behind.losses.map(({ channels }) => Array.from(channels).sort())).toEqual([['a'], ['b']]);
    expect(behind.data).toEqual(['1', '2', '3', '6', '7', '8']);
  });

  it('does not lose what one publishes into it', async () => {
    const { behind, line, publisher } = await setUp();
    await publisher.backplane.subscribe('a');
    line.drop();
    await publishAll(behind, 'a', numbers(1, 50));
    await publisher.until('all', () => publisher.delivered.length === 50);
    expect(publisher.data).toEqual(numbers(1, 50));
  });

  it('lets a channel that is subscribed to meanwhile wait', async () => {
    const { behind, line, publisher } = await setUp();
    line.cut();
    const subscribing = behind.backplane.subscribe('d');
    await publisher.publish('d', 'before');
    line.mend();
    const { last } = await subscribing;
    await publisher.publish('d', 'after');
    await behind.until('the message', () => behind.delivered.length > 0);
    expect(behind.data).toEqual(['after']);
    expect(behind.delivered[0]!.previous).toBe(last);
  });

  it('ends for good when the application closes during it', async () => {
    const { behind, line } = await setUp();
    line.cut();
    const subscribing = behind.backplane.subscribe('d');
    await behind.backplane.close();
    await expect(subscribing).rejects.toMatchObject({ code: 'SSE_BACKPLANE' });
  });
});

describe('A subscription that loses something without a word', () => {
  it('notices it by the next message of the channel', async () => {
    const { behind, line, publisher } = await setUp();
    loseFrom(line, 'lost');
    await publisher.publish('a', 'lost');
    await publisher.publish('a', 'next');
    await behind.until('both', () => behind.delivered.length === 2);
    expect(behind.data).toEqual(['lost', 'next']);
    expect(behind.losses).toEqual([]);
  });

  it('notices it, though nothing follows on that channel', async () => {
    const { behind, line, publisher } = await setUp();
    loseFrom(line, 'lost');
    await publisher.publish('a', 'lost');
    await behind.until('the message', () => behind.delivered.length === 1);
    expect(behind.data).toEqual(['lost']);
  });

  it('tells of it when later messages of other channels were delivered before it noticed', async () => {
    const { behind, line, publisher } = await setUp();
    loseFrom(line, 'lost');
    await publisher.publish('a', 'lost');
    await publisher.publish('b', 'later');
    await behind.until('the loss', () => behind.losses.length > 0);
    expect(behind.losses).toMatchObject([{ channels: ['a'], reason: 'history', position: { sequence: 2 } }]);
    await publisher.publish('a', 'next');
    await behind.until('the next', () => behind.data.includes('next'));
    expect(behind.data).toEqual(['later', 'next']);
  });

  it('is made anew when everything on it is swallowed', async () => {
    const { behind, line, publisher } = await setUp();
    const dead = new Set(line.connections);
    line.passesReply = (_text, connection) => !(connection.purpose === 'events' && dead.has(connection));
    await publishAll(publisher, 'abc', numbers(1, 30));
    await behind.until('all', () => behind.delivered.length === 30);
    expect(behind.data).toEqual(numbers(1, 30));
    expect(behind.losses).toEqual([]);
  });

  it('is not believed by commands either: a connection that owes replies is given up', async () => {
    const { behind, line, publisher } = await setUp();
    const dead = new Set(line.connections);
    line.passesReply = (_text, connection) => !(connection.purpose === 'commands' && dead.has(connection));
    await behind.publish('a', 'sent twice');
    await publishAll(publisher, 'abc', numbers(1, 30));
    await behind.until('all', () => behind.data.includes('30'));
    expect(behind.data).toEqual(['sent twice', ...numbers(1, 30)]);
    expect(behind.losses).toEqual([]);
  });
});
