import { describe, expect, it } from '@jest/globals';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RedisBackplaneOptions } from 'nestjs-event-stream/redis';
import { type RedisServer } from '../harness/redis-server.js';
import { eventually, type RecordingNode } from './recording-node.js';
import { useRedis } from './use-redis.js';

const { redis, node } = useRedis();

const DURABLE = ['--appendonly', 'yes', '--appendfsync', 'always'];

/** Two nodes that listen to one channel. */
async function setUp(
  server: RedisServer,
  options: Partial<RedisBackplaneOptions> = {},
): Promise<[RecordingNode, RecordingNode]> {
  const nodes = [await node(server, options), await node(server, options)] as const;
  for (const { backplane } of nodes) await backplane.subscribe('room');
  return [...nodes];
}

async function publish(publisher: RecordingNode, ...data: string[]): Promise<string[]> {
  const published = await Promise.all(data.map((text) => publisher.publish('room', text)));
  return published.map(({ id }) => id!);
}

const epochOf = (id: string | undefined) => id?.split('-')[0];
const sequenceOf = (id: string | undefined) => Number(id?.split('-')[1]);

/** A mark of the Redis that is there now has come. */
async function untilBack(...nodes: RecordingNode[]): Promise<void> {
  for (const each of nodes) {
    await eventually('the node to be back', () => each.backplane.sync().catch(() => undefined));
  }
}

describe('A Redis that starts again', () => {
  it.each(['with its data', 'with none'])('%s begins a new log, which every node is told', async (data) => {
    const server = await redis({ args: DURABLE });
    const [one, two] = await setUp(server);
    const [before] = await publish(one, 'a', 'b', 'c');
    for (const each of [one, two]) await each.until('three', () => each.delivered.length === 3);
    await server.restart({ keepData: data === 'with its data' });
    await untilBack(one, two);
    const [after] = await publish(two, 'd');
    for (const each of [one, two]) {
      await each.until('the next', () => each.data.includes('d'));
      expect(each.losses).toMatchObject([{ channels: 'all', reason: 'epoch', position: { epoch: epochOf(after) } }]);
      expect(each.data).toEqual(['a', 'b', 'c', 'd']);
    }
    expect(epochOf(after)).not.toBe(epochOf(before));
    expect(sequenceOf(after)).toBeGreaterThan(3);
    expect(await one.backplane.history('room')).toMatchObject({ epoch: epochOf(after), messages: [{ data: 'd' }] });
  });

  it('goes on with its log where it never forgets what it acknowledged', async () => {
    const server = await redis({ args: DURABLE });
    const [one, two] = await setUp(server, { persistence: 'always' });
    await publish(one, 'a', 'b', 'c');
    for (const each of [one, two]) await each.until('three', () => each.delivered.length === 3);
    await server.restart();
    await untilBack(one, two);
    await publish(two, 'd');
    for (const each of [one, two]) {
      await each.until('the next', () => each.delivered.length === 4);
      expect(each.losses).toEqual([]);
      expect(each.delivered.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
    }
  });

  it.each(['always', undefined] as const)(
    'with older data gives out no number twice (persistence: %s)',
    async (persistence) => {
      const server = await redis({ args: DURABLE });
      const [one, two] = await setUp(server, { persistence });
      const old = await publish(one, 'a', 'b');
      const copy = await mkdtemp(join(tmpdir(), 'sse-older-'));
      await cp(server.dir, copy, { recursive: true });
      const lost = await publish(two, 'c', 'd', 'e');
      for (const each of [one, two]) await each.until('five', () => each.delivered.length === 5);
      await server.kill();
      await rm(server.dir, { recursive: true });
      await cp(copy, server.dir, { recursive: true });
      await rm(copy, { recursive: true });
      await server.restart();
      // A node that has seen nothing is the first to write.
      const fresh = await node(server, { persistence });
      await untilBack(one, two);
      const next = await publish(fresh, 'f', 'g');
      for (const each of [one, two]) {
        await each.until('the next', () => each.data.includes('g'));
        expect(each.losses.every(({ channels }) => channels === 'all')).toBe(true);
        expect(each.losses.length).toBeGreaterThan(0);
        expect(each.data).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
      }
      const ids = [...old, ...lost, ...next];
      expect(new Set(ids).size).toBe(ids.length);
    },
  );

  it('with older data is told by a node that has seen more, though another one wrote first', async () => {
    const server = await redis({ args: DURABLE });
    const [one] = await setUp(server, { persistence: 'always' });
    await publish(one, 'a', 'b');
    const copy = await mkdtemp(join(tmpdir(), 'sse-older-'));
    await cp(server.dir, copy, { recursive: true });
    const lost = await publish(one, 'c', 'd', 'e', 'f');
    await one.until('six', () => one.delivered.length === 6);
    await server.kill();
    await rm(server.dir, { recursive: true });
    await cp(copy, server.dir, { recursive: true });
    await rm(copy, { recursive: true });
    const other = await redis({ args: DURABLE, dir: server.dir });
    const fresh = await node(other, { persistence: 'always' });
    await fresh.backplane.subscribe('room');
    const wrong = await publish(fresh, 'x');
    await other.kill();
    await server.restart();
    await untilBack(one);
    const [next] = await publish(one, 'g');
    expect([...lost, ...wrong]).not.toContain(next);
    expect(epochOf(next)).not.toBe(epochOf(lost[0]));
    await one.until('the next', () => one.data.includes('g'));
    expect(one.losses).toMatchObject([{ channels: 'all', reason: 'epoch' }]);
  });

  it('is not noticed by who publishes meanwhile, if it is quick', async () => {
    const server = await redis();
    const one = await node(server, { publishTimeout: 10_000 });
    await server.kill();
    await eventually('it is noticed', () => one.backplane.health.status === 'down');
    const publishing = publish(one, 'a', 'b', 'c');
    await server.launch();
    const ids = await publishing;
    expect(ids.map(sequenceOf)).toEqual([1, 2, 3]);
  });
});

describe('A log whose keys are gone', () => {
  it.each(['head', 'lasts'])('(%s) is another one', async (key) => {
    const server = await redis();
    const [one, two] = await setUp(server);
    const [before] = await publish(one, 'a');
    const { epoch } = await one.backplane.history('room');
    await server.command('DEL', key === 'head' ? '{sse}:head' : `{sse}:lasts:${epoch}`);
    const [after] = await publish(one, 'b');
    expect(epochOf(after)).not.toBe(epochOf(before));
    expect(sequenceOf(after)).toBeGreaterThan(sequenceOf(before));
    await two.until('the second', () => two.losses.length > 0);
    await publish(one, 'c');
    await two.until('the third', () => two.data.includes('c'));
    expect(two.losses).toMatchObject([{ channels: 'all', reason: 'epoch' }]);
  });

  it('(all of them, by FLUSHALL) is another one, which quiet nodes are told, too', async () => {
    const server = await redis();
    const [one, two] = await setUp(server);
    await publish(one, 'a');
    for (const each of [one, two]) await each.until('one', () => each.delivered.length === 1);
    await server.command('FLUSHALL');
    for (const each of [one, two]) await each.until('the loss', () => each.losses.length > 0);
    await publish(one, 'b');
    for (const each of [one, two]) {
      await each.until('the next', () => each.data.includes('b'));
      expect(each.losses).toMatchObject([{ channels: 'all', reason: 'epoch' }]);
    }
  });

  it('(one history) has lost what was in it', async () => {
    const server = await redis();
    const [one] = await setUp(server);
    await publish(one, 'a', 'b');
    const { epoch } = await one.backplane.history('room');
    await server.command('DEL', `{sse}:log:${epoch}:room`);
    expect(await one.backplane.history('room')).toEqual({ epoch, messages: [], completeAfter: 2 });
    await publish(one, 'c');
    expect(await one.backplane.history('room')).toMatchObject({ messages: [{ data: 'c' }], completeAfter: 2 });
  });
});

describe('CLIENT KILL', () => {
  it.each(['normal', 'pubsub'])('of %s connections costs nothing', async (type) => {
    const server = await redis();
    const [one, two] = await setUp(server);
    const data: string[] = [];
    for (let round = 1; round <= 5; round++) {
      const texts = Array.from({ length: 40 }, (_, index) => `${round}.${index}`);
      const publishing = publish(one, ...texts);
      await server.command('CLIENT', 'KILL', 'TYPE', type);
      await publishing;
      data.push(...texts);
    }
    for (const each of [one, two]) {
      await each.until('all', () => each.delivered.length >= data.length);
      expect(each.data).toEqual(data);
      expect(each.losses).toEqual([]);
    }
  });
});

describe('A Redis that is stopped for a while', () => {
  it('is waited for', async () => {
    const server = await redis();
    const [one, two] = await setUp(server, { publishTimeout: 100 });
    server.pause();
    await expect(one.publish('room', 'unknown')).rejects.toMatchObject({ code: 'SSE_BACKPLANE' });
    await eventually('it is noticed', () => one.backplane.health.status === 'down');
    server.resume();
    await untilBack(one, two);
    await eventually('an event to be taken', () => publish(one, 'known').catch(() => undefined));
    await two.until('the message', () => two.data.includes('known'));
    expect(two.data.filter((text) => text === 'unknown').length).toBeLessThanOrEqual(1);
    expect(two.losses).toEqual([]);
  });
});
