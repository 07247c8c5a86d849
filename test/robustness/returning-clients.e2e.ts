import { describe, expect, it } from '@jest/globals';
import { Controller, Query } from '@nestjs/common';
import { channels, SseStream } from 'nestjs-event-stream';
import { type SseTestClient } from 'nestjs-event-stream/testing';
import { setImmediate as turn } from 'node:timers/promises';
import { EnginePatience } from '../../libs/sse/src/channels/engine-patience.js';
import { type Application, useApplications } from '../harness/application.js';
import { cursorOf, from, sequenceOf } from '../harness/cursor.js';
import { FakeBackplane } from '../harness/fake-backplane.js';

const CHANNELS = ['a', 'b', 'c'];
const SEEDS = [1, 2, 3, 4, 5, 6];
const CLIENTS = 6;

@Controller()
class StreamsController {
  @SseStream()
  stream(@Query('c') names: string) {
    return channels(...names.split(','));
  }
}

/** Numbers of 0 up to below 1: the same ones for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A client that comes and goes, and notes what it got. */
class Wanderer {
  readonly got: string[] = [];
  readonly told: string[] = [];
  cursor = '';
  private first: number | undefined;

  constructor(
    private readonly app: Application,
    readonly names: readonly string[],
  ) {}

  /** Comes back, stays for a while, and notes what it was given. */
  async visit(stay: (client: SseTestClient) => Promise<unknown>): Promise<void> {
    const client = await this.app.open(`/?c=${this.names.join(',')}`, this.cursor === '' ? {} : from(this.cursor));
    await stay(client);
    await client.close();
    for (const { id, type } of await client.untilClosed()) {
      if (id === undefined || type !== 'message') this.told.push(type);
      else this.got.push(id);
    }
    if (client.lastEventId !== '') this.cursor = client.lastEventId;
    // The first id that it was given says from where on it is owed everything.
    const [, first] = /^id: (.+)$/m.exec(await client.text()) ?? [];
    this.first ??= first === undefined ? undefined : sequenceOf(first);
  }

  owed(published: readonly { channel: string; id: string }[]): string[] {
    return published
      .filter(({ channel, id }) => this.names.includes(channel) && sequenceOf(id) > (this.first ?? Infinity))
      .map(({ id }) => id);
  }
}

describe('clients that come and go while events are published, and an engine that takes its time', () => {
  const start = useApplications();

  it.each(SEEDS)('get every event of their channels once, in order (seed %i)', async (seed) => {
    const random = randomOf(seed);
    const pick = (below: number) => Math.floor(random() * below);
    const backplane = new FakeBackplane();
    const turns = async (most: number) => {
      for (let left = pick(most); left > 0; left--) await turn();
    };
    backplane.beforeSubscribe = () => turns(4);
    backplane.beforeUnsubscribe = () => turns(4);
    backplane.beforeSync = () => turns(4);
    backplane.beforeHistory = async () => {
      await turns(4);
      if (random() < 0.2) throw new Error('The engine is away');
    };
    const app = await start({
      controllers: [StreamsController],
      options: { backplane, connections: { maxAge: null } },
    });
    app.get(EnginePatience).askAgain = 2;

    const published: { channel: string; id: string }[] = [];
    const publish = async (channel: string) => {
      const { id } = await app.broadcaster.toChannel(channel, { data: 'x' });
      published.push({ channel, id: id! });
    };
    const state = { isOver: false };
    const publishing = (async () => {
      while (!state.isOver) {
        for (let count = pick(4); count > 0; count--) await publish(CHANNELS[pick(3)]!);
        await turn();
      }
    })();

    const wanderers = Array.from({ length: CLIENTS }, (_, index) => {
      const names = CHANNELS.filter((_name, at) => ((index + 1) >> at) & 1);
      return new Wanderer(app, names);
    });
    const wander = async (wanderer: Wanderer) => {
      for (let visit = 0; visit < 12; visit++) await wanderer.visit(() => turns(30));
    };
    await Promise.all(wanderers.map(wander));
    state.isOver = true;
    await publishing;
    for (const channel of CHANNELS) await publish(channel);
    for (const wanderer of wanderers) {
      const last = published.findLast(({ channel }) => wanderer.names.includes(channel))!.id;
      const isThere = (id: string) => id !== '' && sequenceOf(id) >= sequenceOf(last);
      await wanderer.visit((client) => cursorOf(client, isThere));
    }

    for (const wanderer of wanderers) {
      expect(wanderer.got).toEqual(wanderer.owed(published));
      expect(wanderer.told).toEqual([]);
    }
    expect(published.length).toBeGreaterThan(100);
  });
});
