import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type PassedMessage } from '../backplane/channel-message.js';
import { type SseConnection } from '../connections/sse-connection.js';
import { resolveOptions } from '../options/check-options.js';
import { ChannelLogs } from './channel-logs.js';
import { ChannelPast } from './channel-past.js';
import { type HistoryChoice } from './channel-subscription.js';
import { type HistoryReader } from './history-reader.js';

/** The wall clock, and the monotonic one. */
const WALL = 1_700_000_000_000;
const NOW = 10_000;

describe('ChannelPast', () => {
  let logs: ChannelLogs;
  let asked: string[];
  let engine: Record<string, PassedMessage[]>;
  beforeEach(() => {
    jest.spyOn(performance, 'now').mockReturnValue(NOW);
    jest.spyOn(Date, 'now').mockReturnValue(WALL);
    logs = new ChannelLogs(resolveOptions());
    asked = [];
    engine = {};
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  /** A channel of which the engine has these events, each this old. */
  function channel(name: string, ages: Record<number, number>, completeAfter = 0): void {
    const messages = Object.entries(ages).map(([sequence, age]) => ({
      channel: name,
      data: 'x',
      id: `e-${sequence}`,
      sequence: Number(sequence),
      previous: 0,
      age,
    }));
    engine[name] = messages;
    logs.open(name, { position: { epoch: 'e', sequence: 100 }, last: messages.at(-1)?.sequence ?? completeAfter });
  }

  /** Where a stream begins, and where each of its channels does that begins later. */
  async function place(choice: HistoryChoice, chosen = Object.keys(engine), present = 100) {
    const later: Record<string, number> = {};
    const connection = {
      joined: new Set([...Object.keys(engine), '$all']),
      reading: { joined: (name: string, sequence: number) => (later[name] = sequence) },
    };
    const reader = {
      read: async (name: string) => {
        asked.push(name);
        logs.extend(name, { epoch: 'e', messages: engine[name]!, completeAfter: 0 });
      },
    };
    const past = new ChannelPast(logs, reader as unknown as HistoryReader);
    const from = await past.placeOf(choice, connection as unknown as SseConnection, chosen, present);
    return { from, later };
  }

  it('is the last events of each channel', async () => {
    channel('a', { 10: 0, 20: 0, 30: 0 });
    channel('b', { 15: 0 });
    channel('empty', {});
    const { from, later } = await place({ last: 2 });
    expect(from).toBe(14);
    expect(later).toEqual({ a: 19, b: 14, empty: 100, $all: 100 });
    expect(asked.sort()).toEqual(['a', 'b', 'empty']);
  });

  it('is nothing of channels that were not asked for', async () => {
    channel('a', { 10: 0 });
    channel('b', { 15: 0 });
    expect(await place({ last: 9 }, ['b'])).toEqual({ from: 14, later: { a: 100, b: 14, $all: 100 } });
    expect(asked).toEqual(['b']);
  });

  it('is nothing at all where none are asked for, or there are none', async () => {
    channel('a', { 10: 0 });
    expect((await place({ last: 0 })).from).toBe(100);
    expect((await place({ since: new Date(WALL + 60_000) })).from).toBe(100);
  });

  it('is what was published from a time on, by the age of the events: a wall clock may have jumped', async () => {
    channel('a', { 10: 5_000, 20: 3_000, 30: 1_000 });
    channel('b', { 15: 4_000, 25: 2_000 });
    const { from, later } = await place({ since: new Date(WALL - 3_000) });
    expect([from, later.a, later.b]).toEqual([19, 19, 24]);
  });

  it('begins no later than the present, where that was before the last events', async () => {
    channel('a', { 10: 0, 20: 0, 30: 0 });
    expect(await place({ last: 1 }, ['a'], 12)).toMatchObject({ from: 12, later: { a: 12, $all: 12 } });
  });

  it('owes nothing of what is gone', async () => {
    channel('a', { 10: 0, 20: 0, 30: 0 });
    await place({ last: 3 });
    logs.get('a')!.dropOldest();
    expect(await place({ last: 50 })).toMatchObject({ from: 19, later: { a: 19 } });
  });

  it('asks the engine for what this node does not have, and for nothing else', async () => {
    channel('a', { 10: 0 });
    await place({ last: 1 });
    await place({ last: 1 });
    expect(asked).toEqual(['a']);
  });
});
