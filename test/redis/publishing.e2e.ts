import { describe, expect, it } from '@jest/globals';
import { eventually, type RecordingNode } from './recording-node.js';
import { useRedis } from './use-redis.js';

const { redis, link, node } = useRedis();

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => String(from + index));

async function listener(at: { url: string }): Promise<RecordingNode> {
  const listening = await node(at);
  await listening.backplane.subscribe('room');
  return listening;
}

describe('Publishing through a connection that breaks', () => {
  it('keeps the order, and publishes everything once', async () => {
    const server = await redis();
    const line = await link(server);
    const publisher = await node(line);
    const reader = await listener(server);
    const published: Promise<{ id?: string }>[] = [];
    for (let round = 0; round < 10; round++) {
      for (const data of numbers(round * 200 + 1, round * 200 + 200)) published.push(publisher.publish('room', data));
      await published[round * 200 + 20];
      line.drop('commands');
    }
    const ids = (await Promise.all(published)).map(({ id }) => id);
    await reader.until('all', () => reader.delivered.length >= 2_000);
    expect(reader.data).toEqual(numbers(1, 2_000));
    expect(reader.delivered.map(({ id }) => id)).toEqual(ids);
  });

  it('does not double what was done when only the reply was lost', async () => {
    const server = await redis();
    const line = await link(server);
    const publisher = await node(line);
    const reader = await listener(server);
    line.passesReply = (text, connection) => {
      // The connection breaks just when Redis says that it is done.
      if (text.includes('done')) connection.destroy();
      return false;
    };
    const publishing = Promise.all(numbers(1, 20).map((data) => publisher.publish('room', data)));
    await reader.until('twenty', () => reader.delivered.length === 20);
    line.mend();
    expect((await publishing).map(({ id }) => id)).toEqual(reader.delivered.map(({ id }) => id));
    await publisher.publish('room', 'end');
    await reader.until('the end', () => reader.data.includes('end'));
    expect(reader.data).toEqual([...numbers(1, 20), 'end']);
  });

  it('says that it does not know, where Redis has lost its data in between', async () => {
    const server = await redis();
    const line = await link(server);
    const publisher = await node(line);
    const reader = await listener(server);
    line.passesReply = () => false;
    const publishing = publisher.publish('room', 'seen');
    await reader.until('the message', () => reader.data.includes('seen'));
    await server.restart({ keepData: false });
    line.mend();
    await expect(publishing).rejects.toThrow(/not known whether/);
    await reader.until('the new log', () => reader.losses.length > 0);
    await publisher.publish('room', 'next');
    await reader.until('the next', () => reader.data.includes('next'));
    expect(reader.data).toEqual(['seen', 'next']);
  });

  it('stores a queued message once', async () => {
    const server = await redis();
    const line = await link(server);
    const publisher = await node(line);
    const other = await node(server);
    line.passesReply = (text, connection) => {
      if (text.includes('done')) connection.destroy();
      return false;
    };
    const storing = publisher.backplane.enqueue('ann', { channel: '$user.ann', data: 'one' });
    await eventually('it to be stored', () => other.backplane.queueSize('ann'));
    line.mend();
    const { id } = await storing;
    const { messages } = await other.backplane.queued('ann', 0, 10);
    expect(messages).toMatchObject([{ id, message: { data: 'one', queued: true } }]);
  });
});

describe('Publishing while Redis is away', () => {
  it('fails after the time that is given to it, and says why', async () => {
    const server = await redis();
    const publisher = await node(server, { publishTimeout: 200 });
    await server.kill();
    const failures = await Promise.all(
      ['a', 'b'].map((data) => publisher.publish('room', data).catch((error: unknown) => error)),
    );
    for (const failure of failures) {
      expect(failure).toMatchObject({ code: 'SSE_BACKPLANE', message: expect.stringMatching(/Redis at redis:/) });
    }
    await server.launch();
    const published = await eventually('Redis to be back', () => publisher.publish('room', 'c').catch(() => undefined));
    expect(published).toMatchObject({ id: expect.stringMatching(/-1$/) });
  });

  it('other verbs fail as well, but for subscribe', async () => {
    const server = await redis();
    const one = await node(server, { publishTimeout: 200 });
    await server.kill();
    const verbs = [
      one.backplane.history('room'),
      one.backplane.sync(),
      one.backplane.command({ name: 'x' }),
      one.backplane.members('room'),
      one.backplane.get('key'),
      one.backplane.take('key'),
      one.backplane.put('key', 'value', { ttl: 1_000 }),
      one.backplane.count('key', 1_000),
      one.backplane.queued('ann', 0, 1),
      one.backplane.updatePresence([{ channel: 'room', userId: 'ann', connections: 1, since: 1 }]),
    ];
    const subscribing = one.backplane.subscribe('room');
    for (const verb of verbs) await expect(verb).rejects.toMatchObject({ code: 'SSE_BACKPLANE' });
    await server.launch();
    await expect(subscribing).resolves.toMatchObject({ last: 0 });
    // What it has is registered when Redis is back.
    await eventually('ann to be there', async () => {
      const members = await one.backplane.members('room').catch(() => []);
      return members.length > 0;
    });
  });
});

describe('SCRIPT FLUSH', () => {
  it('changes neither the order nor the number of what is published', async () => {
    const server = await redis();
    const [one, two] = [await node(server), await node(server)];
    const reader = await listener(server);
    const published: Promise<unknown>[] = [];
    for (let round = 0; round < 20; round++) {
      for (const publisher of [one, two]) {
        for (const number of numbers(1, 50))
          published.push(publisher.publish('room', `${publisher.id} ${round}.${number}`));
      }
      await server.command('SCRIPT', 'FLUSH');
    }
    await Promise.all(published);
    await reader.until('all', () => reader.delivered.length >= 2_000);
    for (const publisher of [one, two]) {
      const own = reader.data.filter((data) => data?.startsWith(publisher.id));
      const expected = Array.from({ length: 20 }, (_, round) =>
        numbers(1, 50).map((n) => `${publisher.id} ${round}.${n}`),
      );
      expect(own).toEqual(expected.flat());
    }
  });
});

describe('Bounds of what is kept', () => {
  it('hold by number', async () => {
    const server = await redis();
    const one = await node(server, {}, { maxEvents: 7 });
    for (const data of numbers(1, 30)) await one.publish('room', data);
    const { epoch, messages, completeAfter } = await one.backplane.history('room');
    expect(messages.map(({ data }) => data)).toEqual(numbers(24, 30));
    expect(completeAfter).toBe(23);
    expect(await server.command('XLEN', `{sse}:log:${epoch}:room`)).toBe(':7\r\n');
  });

  it('hold by age, of what is read at once and of what is stored soon', async () => {
    const server = await redis();
    const one = await node(server, {}, { maxAge: 100 });
    for (const data of numbers(1, 20)) await one.publish('room', data);
    await new Promise((resolve) => setTimeout(resolve, 150));
    const { epoch, messages, completeAfter } = await one.backplane.history('room');
    expect([messages, completeAfter]).toEqual([[], 20]);
    for (const data of numbers(21, 30)) await one.publish('room', data);
    const later = await one.backplane.history('room');
    expect(later.messages.map(({ data }) => data).at(-1)).toBe('30');
    expect(later.completeAfter).toBeGreaterThanOrEqual(20);
    const stored = Number((await server.command('XLEN', `{sse}:log:${epoch}:room`)).slice(1));
    expect(stored).toBeLessThanOrEqual(10);
    expect(Number((await server.command('PTTL', `{sse}:log:${epoch}:room`)).slice(1))).toBeLessThanOrEqual(100);
  });
});
