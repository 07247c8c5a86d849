import { describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { type SseTestClient } from 'nestjs-event-stream/testing';
import { LoadEngine } from '../../apps/loadtest/src/load-engine.js';
import { MATRIX } from '../harness/matrix.js';
import { type TestServer } from '../harness/test-server.js';
import { useServer } from '../harness/use-server.js';

const MANY = 5_000;
const AT_ONCE = 500;
const PATIENCE = 120_000;

interface Told {
  count: number;
  members?: string[];
  joined?: string[];
  left?: string[];
}

/** Streams of as many users, and what they are told of who is there. */
class Crowd {
  readonly told: Told[] = [];
  readonly toldEach = new Array<number>(MANY).fill(0);
  private readonly load: LoadEngine;

  constructor(server: TestServer, path: string, prefix = 'user') {
    this.load = new LoadEngine({
      url: server.url + path,
      connections: MANY,
      interval: 0,
      concurrency: AT_ONCE,
      headers: (index) => ({ 'x-user': `${prefix} ${index}` }),
      onEvent: ({ event, data }, { index }) => {
        if (event !== 'sse:presence') return;
        this.told.push(JSON.parse(data) as Told);
        this.toldEach[index] = (this.toldEach[index] ?? 0) + 1;
      },
    });
  }

  async open(): Promise<void> {
    expect(await this.load.open()).toMatchObject({ open: MANY });
  }

  /** Resolves once each was told something, and the last was that there are so many. */
  async untilTold(count: number): Promise<void> {
    while (this.told.at(-1)?.count !== count || this.toldEach.includes(0)) await delay(10);
  }

  async cut(): Promise<void> {
    await this.load.cut('reset');
  }
}

// C8: neither members who come and go in thousands nor their listeners are a flood.
describe(`${MANY} members of a channel who all come at once`, () => {
  const server = useServer(MATRIX[0]!, { options: { connections: { max: null }, presence: { grace: 0 } } });
  const since = (start: number) => (performance.now() - start) / 1_000;

  it(
    'and go at once are told of by few and small events, of which nothing is recorded',
    async () => {
      const watcher = await server.open('/channels/lobby?id=come&user=watcher');
      await watcher.next({ type: 'sse:presence' });
      await server.call('broadcast', 'toChannel', 'lobby.come', { data: 'before' });
      const { id } = await watcher.next({ type: 'message' });
      let start = performance.now();
      const crowd = new Crowd(server, '/channels/lobby?id=come');

      await crowd.open();
      await crowd.untilTold(MANY + 1);
      // At most one event in a second to each, however many came in it.
      expect(Math.max(...crowd.toldEach)).toBeLessThanOrEqual(since(start) + 2);
      expectShort(crowd.told);
      const joins = await toldUntil(watcher, MANY + 1);
      expect(joins.length).toBeLessThanOrEqual(since(start) + 2);
      expectShort(joins);

      start = performance.now();
      await crowd.cut();
      const leaves = await toldUntil(watcher, 1);
      expect(leaves.length).toBeLessThanOrEqual(since(start) + 2);
      expectShort(leaves);

      await server.call('broadcast', 'toChannel', 'lobby.come', { data: 'after' });
      const resumed = await server.open('/channels?c=lobby.come', { headers: { 'last-event-id': id! } });
      const next = await resumed.next();
      expect(next.data).toBe('after');
      expect(sequenceOf(next.id) - sequenceOf(id)).toBe(1);
    },
    PATIENCE,
  );

  it(
    'leave nothing behind when they go, four times over',
    async () => {
      await wave(0);
      const resources = await server.call('resources');
      const heaps: number[] = [];
      for (let times = 1; times <= 3; times++) {
        await wave(times);
        heaps.push(await server.call('heap'));
      }
      expect(await server.call('stats')).toMatchObject({ active: 0, users: 0, channels: 0, queuedBytes: 0 });
      expect(await server.call('resources')).toEqual(resources);
      expect(heaps[2]! / heaps[0]!).toBeLessThan(1.05);
    },
    PATIENCE,
  );

  async function wave(times: number): Promise<void> {
    const crowd = new Crowd(server, '/channels/lobby?id=waves', `user ${times}`);
    await crowd.open();
    await crowd.cut();
    await server.idle();
    while ((await server.call('members', 'lobby.waves')).length > 0) await delay(5);
  }
});

describe(`${MANY} members of a channel who all reconnect`, () => {
  const server = useServer(MATRIX[0]!, { options: { connections: { max: null }, presence: { grace: 60_000 } } });

  it(
    'have neither left nor come for those who stayed',
    async () => {
      const watcher = await server.open('/channels/lobby?id=back&user=watcher');
      const before = new Crowd(server, '/channels/lobby?id=back');
      await before.open();
      await toldUntil(watcher, MANY + 1);
      await server.call('watchPresence', 'lobby.back');

      await before.cut();
      const after = new Crowd(server, '/channels/lobby?id=back');
      await after.open();
      await after.untilTold(MANY + 1);

      // Somebody new is the first and only one of whom is told.
      await server.open('/channels?c=lobby.back&user=new');
      const { data } = await watcher.next({ type: 'sse:presence' });
      expect(JSON.parse(data)).toEqual({ channel: 'lobby.back', count: MANY + 2, joined: ['new'], left: [] });
      await server.noted('join', 'new');
      for (let n = 0; n < MANY; n++) {
        const notes = server.notesOf(`user ${n}`).filter(({ kind }) => kind === 'join' || kind === 'leave');
        expect(notes).toEqual([]);
      }
      await after.cut();
    },
    PATIENCE,
  );
});

/** What the client is told, until it is that there are so many. */
async function toldUntil(client: SseTestClient, count: number): Promise<Told[]> {
  const told: Told[] = [];
  do {
    const event = await client.next({ type: 'sse:presence', timeout: PATIENCE });
    told.push(event.json<Told>());
  } while (told.at(-1)?.count !== count);
  return told;
}

function expectShort(told: readonly Told[]): void {
  const lists = told.flatMap(({ members = [], joined = [], left = [] }) => [members, joined, left]);
  expect(Math.max(...lists.map(({ length }) => length))).toBe(100);
}

function sequenceOf(id: string | undefined): number {
  return Number(id?.split('-')[1]);
}
