import { describe, expect, it } from '@jest/globals';
import { useRedis } from './use-redis.js';

const { redis, link, node } = useRedis();

describe('A command', () => {
  it('is carried out by a node that was cut off when it is back, in its place among the events', async () => {
    const server = await redis();
    const line = await link(server);
    const cutOff = await node(line);
    await cutOff.backplane.subscribe('room');
    const other = await node(server);
    line.cut();
    await other.publish('room', 'before');
    await other.backplane.command({ name: 'revoke' });
    await other.backplane.command({ name: 'close' }, cutOff.id);
    await other.publish('room', 'after');
    expect(other.commands).toEqual([{ name: 'revoke' }]);
    line.mend();
    await cutOff.until('both', () => cutOff.commands.length === 2 && cutOff.delivered.length === 2);
    expect(cutOff.commands).toEqual([{ name: 'revoke' }, { name: 'close' }]);
  });

  it('is logged also where no history is kept', async () => {
    const server = await redis();
    const line = await link(server);
    const cutOff = await node(line, {}, { maxEvents: 0 });
    const other = await node(server, {}, { maxEvents: 0 });
    line.cut();
    await other.backplane.command({ name: 'revoke' });
    line.mend();
    await cutOff.until('the command', () => cutOff.commands.length === 1);
    expect(cutOff.losses).toEqual([]);
  });

  it('is carried out once, though the connection breaks again and again', async () => {
    const server = await redis();
    const line = await link(server);
    const one = await node(line, { publishTimeout: 10_000 });
    const other = await node(server);
    for (let round = 0; round < 5; round++) {
      const command = one.backplane.command({ name: `command ${round}` });
      line.drop();
      await command;
    }
    const names = [0, 1, 2, 3, 4].map((round) => `command ${round}`);
    await other.until('all', () => other.commands.length >= 5);
    for (const { commands } of [one, other]) expect(commands.map(({ name }) => name)).toEqual(names);
  });

  it('whose fate is not known any more is told so', async () => {
    const server = await redis();
    const line = await link(server);
    const one = await node(line);
    const other = await node(server);
    line.passesReply = (_text, { purpose }) => purpose !== 'events';
    const command = one.backplane.command({ name: 'x' });
    await other.until('the command', () => other.commands.length > 0);
    await server.command('FLUSHALL');
    line.mend();
    await expect(command).rejects.toThrow(/not known whether/);
  });
});
