import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type SseTestClient } from 'nestjs-event-stream/testing';
import { ChatServer } from '../browser/chat-server.js';
import { RedisServer } from '../harness/redis-server.js';
import { ChatGuest, textIn } from './chat-guest.js';
import { ChatProcesses, PROCESSES } from './chat-processes.js';

const NAMES = ['Ada', 'Grace', 'Edsger', 'Barbara'];

describe('the chat by two processes on one port', () => {
  let redis: RedisServer;
  let chat: ChatProcesses;
  const guests: ChatGuest[] = [];

  beforeAll(async () => {
    redis = await RedisServer.start();
    chat = await ChatProcesses.start(redis.url);
    // One after the other: in the order of their coming they are dealt out.
    for (const name of NAMES) guests.push(await ChatGuest.enter(chat.url, name));
  });

  afterAll(async () => {
    for (const guest of guests) guest.leave();
    await chat.kill();
    await redis.stop();
  });

  const hearing = (text: string) => Promise.all(guests.map((guest) => guest.hears(text)));

  it('has streams in both; what is said through either reaches all, once', async () => {
    const streams = await chat.streams();
    expect(streams.reduce((all, count) => all + count)).toBe(NAMES.length);
    expect(streams).not.toContain(0);

    await guests[0]!.say(chat.urlOf(0), 'through the first');
    await hearing('through the first');
    await guests[1]!.say(chat.urlOf(1), 'through the second');
    await hearing('through the second');
    for (const { heard } of guests) expect(heard).toEqual(['through the first', 'through the second']);
  });

  it('has one admin password, which is made and told once', async () => {
    const [[, password], ...others] = [...chat.output.matchAll(/admin password (\S+) is/g)] as [RegExpExecArray];
    expect(others).toEqual([]);
    for (const place of [0, 1]) {
      const body = JSON.stringify({ name: `Admin of ${place}`, adminPassword: password });
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${chat.urlOf(place)}/session`, { method: 'POST', headers, body });
      expect(await answer.json()).toMatchObject({ permissions: expect.arrayContaining(['chat:admin']) });
    }
  });

  it('follows a process that was killed: its people come back, and miss nothing', async () => {
    const [killed, other] = await chat.pids();
    const node = await chat.nodeIn(0);
    process.kill(killed!, 'SIGKILL');
    await guests[0]!.say(chat.urlOf(1), 'while one is dead');
    await hearing('while one is dead');

    const next = await chat.nodeIn(0, node);
    expect(await chat.pids()).toEqual([other, expect.any(Number)]);
    await guests[2]!.say(chat.urlOf(0), 'through its successor');
    await hearing('through its successor');
    const said = ['through the first', 'through the second', 'while one is dead', 'through its successor'];
    for (const { heard, begun } of guests) expect([heard, begun]).toEqual([said, 1]);
    expect(next).not.toBe(node);
  });

  it('makes all processes new on SIGUSR2, one after the other, with a farewell', async () => {
    const before = await chat.pids();
    const nodes = await Promise.all([chat.nodeIn(0), chat.nodeIn(1)]);
    const { lastEventId } = guests[0]!;
    const stream = await guests[0]!.look(chat.urlOf(1), lastEventId);
    chat.renew();
    expect((await stream.untilClosed({ timeout: 10_000 })).at(-1)).toMatchObject({ type: 'sse:closing' });
    // The other process is new by then.
    await guests[0]!.say(chat.urlOf(0), 'in between');
    await Promise.all(nodes.map((node, place) => chat.nodeIn(place, node)));

    const after = await chat.pids();
    expect([after.length, after.filter((pid) => before.includes(pid))]).toEqual([PROCESSES, []]);
    // Not to wait for the moment that the farewell has told its stream to come back in.
    const back = await guests[0]!.look(chat.url, lastEventId);
    for await (const { type, data } of back) {
      if (type !== 'room-message') continue;
      expect(textIn(data)).toBe('in between');
      break;
    }
  });

  // The last one: nobody is left.
  it('says farewell to all streams on SIGTERM, and ends with 0 when all are gone', async () => {
    const pids = await chat.pids();
    const streams: SseTestClient[] = [];
    for (const guest of guests) streams.push(await guest.look(chat.urlOf(streams.length % PROCESSES)));
    const [ended, ...farewells] = await Promise.all([chat.stop(), ...streams.map((stream) => stream.untilClosed())]);
    for (const events of farewells) {
      expect(events.at(-1)).toMatchObject({ type: 'sse:closing', data: '{"reason":"shutdown"}' });
    }
    expect(ended).toBe(0);
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});

describe('the chat that several processes are to serve', () => {
  it('does not start without a Redis that they share, and says what to set', async () => {
    const start = ChatServer.start({ env: { PROCESSES: '2' } });
    await expect(start).rejects.toThrow(/PROCESSES is 2, and there is no REDIS_URL.* Set REDIS_URL/);
  });

  it('gives up when its processes die before they listen', async () => {
    const dying = encodeURIComponent(`import cluster from 'node:cluster'; if (cluster.isWorker) process.exit(7)`);
    const env = { PROCESSES: '2', NODE_OPTIONS: `--import=data:text/javascript,${dying}` };
    const start = ChatServer.start({ redis: 'redis://127.0.0.1:1', env });
    await expect(start).rejects.toThrow(/(died \(exit code 7\).*){2}Given up: 3 processes in a row/s);
  });
});
