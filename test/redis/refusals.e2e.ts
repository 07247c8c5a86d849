import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { redisBackplane } from 'nestjs-event-stream/redis';
import { freePort } from '../harness/redis-server.js';
import { eventually } from './recording-node.js';
import { useRedis } from './use-redis.js';

const { redis, node } = useRedis();

let errors: string[];
let warnings: string[];
beforeEach(() => {
  errors = [];
  warnings = [];
  jest.spyOn(Logger.prototype, 'error').mockImplementation((text) => void errors.push(String(text)));
  jest.spyOn(Logger.prototype, 'warn').mockImplementation((text) => void warnings.push(String(text)));
});
afterEach(() => {
  jest.restoreAllMocks();
});

describe('A Redis that can not be used', () => {
  it('is not there at start: that is said once, and it is waited for', async () => {
    const port = await freePort();
    const one = await node({ url: `redis://127.0.0.1:${port}` }, { publishTimeout: 100 });
    const subscribing = one.backplane.subscribe('room');
    await expect(one.publish('room', 'x')).rejects.toMatchObject({
      code: 'SSE_BACKPLANE',
      message: expect.stringMatching(/ECONNREFUSED/),
    });
    expect(one.backplane.health).toMatchObject({
      status: 'down',
      reason: expect.stringContaining(`127.0.0.1:${port}`),
    });
    expect(errors).toEqual([expect.stringMatching(/is it running, is the url right/)]);
    await redis({ port });
    await subscribing;
    await eventually('it takes an event', () => one.publish('room', 'y').catch(() => undefined));
    await one.until('the message', () => one.data.includes('y'));
    expect(one.backplane.health).toEqual({ status: 'up' });
  });

  it('asks for a password', async () => {
    const server = await redis({ args: ['--requirepass', 'secret'] });
    for (const url of [server.url, `redis://:wrong@127.0.0.1:${server.port}`]) {
      const one = await node({ url });
      expect(one.backplane.health.reason).toMatch(/asks for another user or password.*redis:\/\/user:password@host/);
      expect(one.backplane.health.reason).not.toContain('wrong@');
    }
    const two = await node({ url: `redis://:secret@127.0.0.1:${server.port}` });
    expect(two.backplane.health).toEqual({ status: 'up' });
  });

  it('is a replica', async () => {
    const primary = await redis();
    const replica = await redis({ args: ['--replicaof', '127.0.0.1', String(primary.port)] });
    const one = await node(replica);
    expect(one.backplane.health.reason).toMatch(/is a replica.*connect to its primary/);
    await replica.command('REPLICAOF', 'NO', 'ONE');
    await eventually('the node to work', () => one.backplane.health.status === 'up');
  });

  it('becomes a replica while it is used', async () => {
    const primary = await redis();
    const server = await redis();
    const one = await node(server);
    await one.backplane.subscribe('room');
    await one.publish('room', 'x');
    await server.command('REPLICAOF', '127.0.0.1', String(primary.port));
    await expect(one.publish('room', 'y')).rejects.toMatchObject({ code: 'SSE_BACKPLANE' });
    await eventually('it is noticed', () => /replica/.test(one.backplane.health.reason ?? ''));
    await server.command('REPLICAOF', 'NO', 'ONE');
    await eventually('the node to work', () => one.backplane.health.status === 'up');
    await one.publish('room', 'z');
    await one.until('the message', () => one.data.includes('z'));
  });

  it('is too old', async () => {
    const old = createServer((socket) => {
      socket.on('data', (data) => {
        for (const command of data.toString().split('*').slice(1)) {
          const info = 'redis_version:5.0.7\r\nrole:master\r\n';
          socket.write(
            command.includes('INFO\r\n') && !command.includes('SETINFO') ? `$${info.length}\r\n${info}\r\n` : '+OK\r\n',
          );
        }
      });
      socket.on('error', () => undefined);
    }).listen(0, '127.0.0.1');
    await once(old, 'listening');
    const one = await node({ url: `redis://127.0.0.1:${(old.address() as AddressInfo).port}` });
    expect(one.backplane.health.reason).toMatch(/Redis 5\.0\.7, which is too old: use Redis 6\.2 or later/);
    old.close();
  });

  it('is out of memory', async () => {
    const server = await redis();
    const one = await node(server);
    await one.backplane.subscribe('room');
    await server.command('CONFIG', 'SET', 'maxmemory', '1');
    await expect(one.publish('room', 'x')).rejects.toThrow(/out of memory \(OOM\).*raise its maxmemory/);
    await server.command('CONFIG', 'SET', 'maxmemory', '0');
    expect(await one.publish('room', 'y')).toMatchObject({ id: expect.stringMatching(/-\d+$/) });
    await one.until('the message', () => one.data.includes('y'));
    expect(one.data).toEqual(['y']);
    expect(one.losses).toEqual([]);
  });

  it('is out of memory before anything was published', async () => {
    const server = await redis({ args: ['--maxmemory', '1'] });
    const one = await node(server);
    expect(one.backplane.health.reason).toMatch(/out of memory/);
    const subscribing = one.backplane.subscribe('room');
    await server.command('CONFIG', 'SET', 'maxmemory', '0');
    await subscribing;
    expect(one.backplane.health).toEqual({ status: 'up' });
  });

  it('refuses a command of ours to the user', async () => {
    const server = await redis();
    await server.command('ACL', 'SETUSER', 'app', 'on', '>pw', '~*', '&*', '+@all', '-evalsha');
    const one = await node({ url: `redis://app:pw@127.0.0.1:${server.port}` });
    expect(one.backplane.health.reason).toMatch(/NOPERM/);
  });

  it('drops keys when memory runs short: that is said', async () => {
    const server = await redis({ args: ['--maxmemory-policy', 'allkeys-lru'] });
    await node(server, { persistence: 'always' });
    expect(warnings).toEqual([
      expect.stringMatching(/maxmemory-policy is allkeys-lru.*noeviction/),
      expect.stringMatching(/keeps no append-only file/),
    ]);
  });
});

describe("Another application's data under the prefix", () => {
  it.each(['head', 'lasts', 'log', 'queue'])('(%s) is named as the cause, and nothing is broken', async (kind) => {
    const server = await redis();
    const one = await node(server);
    await one.backplane.subscribe('other');
    await one.publish('room', 'x');
    const { epoch } = await one.backplane.history('room');
    const key = { head: 'head', lasts: `lasts:${epoch}`, log: `log:${epoch}:room`, queue: 'queue:ann' }[kind];
    await server.command('SET', `{sse}:${key}`, 'theirs');
    const publishing = one.backplane.enqueue('ann', { channel: 'room', data: 'y' });
    await expect(publishing).rejects.toThrow(/belong to another application \(WRONGTYPE\).*a prefix of its own/);
    await server.command('DEL', `{sse}:${key}`);
    await one.backplane.sync();
    await one.publish('other', 'z');
    await one.until('the message', () => one.data.includes('z'));
  });

  it('on our topics is left alone', async () => {
    const server = await redis();
    const one = await node(server);
    await one.backplane.subscribe('room');
    const { epoch: real } = await one.backplane.history('room');
    const garbage = [
      '',
      'x',
      '1m',
      '1m 1 e 1 1 {',
      `1m 1 ${real} 1 0 {"data":`,
      '2m 1 e 1 0 {}',
      '1e []',
      '1e {"data":5}',
      '1p x y',
      '\u0000',
    ];
    for (const text of garbage) await server.command('SPUBLISH', '{sse}:channel:room', text);
    for (const text of ['', '1s', '1s 1 e 1 x 1 {}', `1s 1 ${real} 1 1 1 [1,2]`]) {
      await server.command('SPUBLISH', `{sse}:node:${one.id}`, text);
    }
    await one.publish('room', 'ours');
    await one.until('ours', () => one.delivered.length > 0);
    expect(one.data).toEqual(['ours']);
    expect(one.losses).toEqual([]);
    expect(warnings).toEqual([expect.stringMatching(/can't be read.*another version/)]);
  });
});

describe('A record of a version that is not known', () => {
  it('is a gap that is told, and what follows is delivered', async () => {
    const server = await redis();
    const one = await node(server);
    await one.backplane.subscribe('room');
    await one.publish('room', 'a');
    await one.until('a', () => one.delivered.length === 1);
    const { epoch } = await one.backplane.history('room');
    // As a newer node would do it.
    await server.command('HSET', '{sse}:head', 'seq', 2);
    await server.command('XADD', `{sse}:log:${epoch}:room`, '2-0', 'v', '2', 'zipped', 'x');
    await server.command('ZADD', `{sse}:lasts:${epoch}`, 2, 'room');
    await server.command('SPUBLISH', '{sse}:channel:room', '2m something new');
    await one.publish('room', 'c');
    await one.until('c', () => one.data.includes('c'));
    expect(one.losses).toMatchObject([{ channels: ['room'], reason: 'history', position: { epoch, sequence: 2 } }]);
    expect(one.data).toEqual(['a', 'c']);
    expect(await one.backplane.history('room')).toMatchObject({ messages: [{ data: 'c' }], completeAfter: 2 });
  });
});

describe('redisBackplane()', () => {
  it.each([
    [{}, /either a url or a client/],
    [{ url: 'redis://h', client: { duplicate: () => null } }, /either a url or a client/],
    [{ url: 'http://u:secret@h' }, /redisBackplane\.url.*\*\*\*@h/],
    [{ url: 'not a url' }, /redisBackplane\.url/],
    [{ url: 'redis://h', prefix: 'a{b' }, /redisBackplane\.prefix/],
    [{ url: 'redis://h', prefix: '' }, /redisBackplane\.prefix/],
    [{ url: 'redis://h', lease: 0 }, /redisBackplane\.lease/],
    [{ url: 'redis://h', publishTimeout: NaN }, /redisBackplane\.publishTimeout/],
    [{ url: 'redis://h', persistence: 'never' as 'always' }, /redisBackplane\.persistence/],
    [{ client: {} as { duplicate: () => null } }, /redisBackplane\.client/],
  ])('refuses %j', (options, message) => {
    expect(() => redisBackplane(options)).toThrow(message);
  });
});
