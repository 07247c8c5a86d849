import { describe, expect, it } from '@jest/globals';
import { eventually, type RecordingNode } from './recording-node.js';
import { useRedis } from './use-redis.js';

const { redis, link, node } = useRedis();

/** Of nodes that die, and of those that look on: long enough for a busy machine to renew it in time. */
const SHORT = { lease: 1_500 };
const LONG = { lease: 3_000 };

const seat = (userId: string, connections = 1, channel = 'room') => ({ channel, userId, connections, since: 1 });
const told = ({ presences }: RecordingNode) => presences.map(({ type, userId }) => `${type} ${userId}`);

async function users(observer: RecordingNode): Promise<string[]> {
  return (await observer.backplane.members('room')).map(({ userId }) => userId).sort();
}

describe('Presence over nodes', () => {
  it('is told with the first connection to any node, and with the last', async () => {
    const server = await redis();
    const [one, two, observer] = [await node(server), await node(server), await node(server)];
    await observer.backplane.subscribe('room');
    await one.backplane.updatePresence([seat('ann', 2)]);
    await two.backplane.updatePresence([seat('ann')]);
    expect(await observer.backplane.members('room')).toEqual([{ userId: 'ann', connections: 3, since: 1 }]);
    await one.backplane.updatePresence([seat('ann', 1)]);
    await one.backplane.updatePresence([seat('ann', 0)]);
    await two.backplane.updatePresence([seat('ben', 1), seat('ann', 0)]);
    await observer.until('three events', () => observer.presences.length >= 3);
    expect(told(observer)).toEqual(['join ann', 'join ben', 'leave ann']);
    expect(await users(observer)).toEqual(['ben']);
  });

  it('of a node that died is told once, after its lease, whoever notices it', async () => {
    const server = await redis();
    const line = await link(server);
    const dying = await node(line, SHORT);
    const others = await Promise.all([1, 2, 3].map(() => node(server, LONG)));
    for (const { backplane } of others) await backplane.subscribe('room');
    await dying.backplane.updatePresence(Array.from({ length: 600 }, (_, index) => seat(`user ${index}`)));
    await others[1]!.backplane.updatePresence([seat('user 0')]);
    line.cut();
    for (const other of others) {
      await other.until('all to leave', () => told(other).filter((text) => text.startsWith('leave')).length >= 599);
    }
    expect(await users(others[0]!)).toEqual(['user 0']);
    // Two more turns of everybody: nothing is told again.
    const renewals = server.command('ZSCORE', '{sse}:nodes', others[0]!.id);
    await eventually('the leases to be renewed', async () => {
      return (await server.command('ZSCORE', '{sse}:nodes', others[0]!.id)) !== (await renewals);
    });
    for (const other of others) {
      const leaves = told(other).filter((text) => text.startsWith('leave'));
      expect(leaves).toHaveLength(599);
      expect(new Set(leaves).size).toBe(599);
    }
    expect((await others[0]!.backplane.nodes()).map(({ id }) => id).sort()).toEqual(others.map(({ id }) => id).sort());
  });

  it('of a node that was only cut off comes back with it', async () => {
    const server = await redis();
    const line = await link(server);
    const stopped = await node(line, { ...SHORT, publishTimeout: 100 });
    const observer = await node(server, LONG);
    await observer.backplane.subscribe('room');
    await stopped.backplane.updatePresence([seat('ann'), seat('ben')]);
    line.cut();
    await observer.until('them to leave', () => observer.presences.length === 4);
    // One goes, and one comes, while nobody can be told.
    await expect(stopped.backplane.updatePresence([seat('ben', 0), seat('eve')])).rejects.toMatchObject({
      code: 'SSE_BACKPLANE',
    });
    line.mend();
    await eventually('them to be back', async () => (await users(observer)).join() === 'ann,eve');
    // Who is there can be asked a moment before it is told.
    await eventually('it to be told', async () => told(observer).length >= 6);
    expect(told(observer).slice(4).sort()).toEqual(['join ann', 'join eve']);
  });

  it('is registered anew with a Redis that has lost it', async () => {
    const server = await redis();
    const one = await node(server, LONG);
    const observer = await node(server, LONG);
    one.backplane.describeNode({ url: 'http://one' });
    await one.backplane.updatePresence([seat('ann')]);
    await server.restart({ keepData: false });
    await eventually('ann to be back', async () => (await users(observer).catch(() => [])).join() === 'ann');
    await eventually('the node to be described', async () => {
      const nodes = await observer.backplane.nodes();
      return nodes.some(
        ({ id, payload }) => id === one.id && (payload as { url?: string } | null)?.url === 'http://one',
      );
    });
  });

  it('outlives the restart of a node', async () => {
    const server = await redis();
    const observer = await node(server, LONG);
    await observer.backplane.subscribe('room');
    const first = await node(server, SHORT);
    await first.backplane.updatePresence([seat('ann'), seat('ben')]);
    await first.backplane.close();
    expect(await users(observer)).toEqual(['ann', 'ben']);
    const second = await node(server, LONG);
    await second.backplane.updatePresence([seat('ann')]);
    await observer.until('ben to leave', () => told(observer).includes('leave ben'));
    expect(told(observer)).toEqual(['join ann', 'join ben', 'leave ben']);
  });
});
