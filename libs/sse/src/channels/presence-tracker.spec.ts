import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { type Backplane } from '../backplane/backplane.js';
import { type PresenceUpdate } from '../backplane/presence-port.js';
import { Admission } from '../connections/admission.js';
import { ConnectionRegistry } from '../connections/connection-registry.js';
import { QueueBudget } from '../connections/queue-budget.js';
import { Traffic } from '../connections/traffic.js';
import { type SseConnection } from '../connections/sse-connection.js';
import { TimerWheel } from '../connections/timer-wheel.js';
import { PresenceTracker } from './presence-tracker.js';

const GRACE = 5_000;

describe('PresenceTracker', () => {
  let registry: ConnectionRegistry;
  let tracker: PresenceTracker;
  /** The calls that the backplane took, and what is wrong with it. */
  let calls: (readonly PresenceUpdate[])[];
  let failure: Error | undefined;
  beforeEach(() => {
    jest.useFakeTimers();
    start(GRACE);
  });
  afterEach(() => {
    tracker.stop();
    jest.useRealTimers();
  });

  function start(grace: number): void {
    calls = [];
    failure = undefined;
    registry = new ConnectionRegistry(new Admission(), new QueueBudget(1_000), new Traffic());
    const updatePresence = (updates: readonly PresenceUpdate[]) => {
      if (failure) return Promise.reject(failure);
      calls.push(updates);
      return Promise.resolve();
    };
    const backplane = { updatePresence } as unknown as Backplane;
    tracker = new PresenceTracker({ presence: { grace } }, backplane, registry, new TimerWheel());
  }

  /** As much of a connection as the registry and presence look at. */
  class Stream {
    readonly joined = new Set<string>();
    isClosed = false;

    constructor(
      readonly id: string,
      readonly userId: string | undefined,
    ) {}

    get connection(): SseConnection {
      return this as unknown as SseConnection;
    }

    join(channel: string): this {
      registry.join(this.connection, channel);
      return this;
    }

    leave(channel: string): this {
      registry.leave(this.connection, channel);
      this.joined.delete(channel);
      return this;
    }

    open(): this {
      registry.add(this.connection);
      return this;
    }

    close(): void {
      this.isClosed = true;
      for (const channel of this.joined) registry.leave(this.connection, channel);
      registry.remove(this.connection, 'client');
    }
  }

  let streams = 0;
  const stream = (userId?: string) => new Stream(`stream ${streams++}`, userId);
  const opened = (userId: string | undefined, ...channels: string[]) => {
    const opening = stream(userId);
    for (const channel of channels) opening.join(channel);
    return opening.open();
  };
  /** Lets time pass, and what is promised meanwhile come true. */
  const pass = (time = 1) => jest.advanceTimersByTimeAsync(time);
  const told = () =>
    calls.splice(0).map((updates) => updates.map((update) => [update.channel, update.userId, update.connections]));

  it('tells of all who came in a tick by one call, of each user once', async () => {
    opened('ann', 'room');
    opened('ann', 'room', 'hall');
    opened('ben', 'room');
    await pass();

    const expected = [
      ['room', 'ann', 2],
      ['hall', 'ann', 1],
      ['room', 'ben', 1],
    ];
    expect(told()).toEqual([expected]);
  });

  it('counts neither streams without a user, nor audiences, and needs no timer for either', async () => {
    opened(undefined, 'room').close();
    opened('ann', '$all', '$user.ann').close();
    expect(jest.getTimerCount()).toBe(0);
    await pass();
    expect(calls).toEqual([]);
  });

  it('counts no stream that is refused while it opens', async () => {
    const refused = stream('ann').join('room');
    await pass();
    refused.close();
    await pass(GRACE * 2);
    expect(calls).toEqual([]);
  });

  it('counts none that somebody closes when he hears of it', async () => {
    const first = opened('ann', 'room');
    await pass();
    const second = stream('ann').join('room');
    // As one that hears of it before the tracker does.
    second.isClosed = true;
    second.open();
    second.leave('room');
    await pass();
    first.close();
    await pass(GRACE + 100);
    expect(told()).toEqual([[['room', 'ann', 1]], [['room', 'ann', 0]]]);
  });

  it('tells nothing of somebody who is back in time, however often', async () => {
    let current = opened('ann', 'room');
    await pass();
    told();
    for (let times = 0; times < 5; times++) {
      current.close();
      await pass(GRACE - 100);
      current = opened('ann', 'room');
      await pass(GRACE);
    }
    expect(calls).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('tells once of somebody who is not, and keeps since when he was there', async () => {
    const came = Date.now();
    const one = opened('ann', 'room');
    await pass();
    const other = opened('ann', 'room');
    one.close();
    await pass();
    expect(told()).toEqual([[['room', 'ann', 1]]]);
    other.close();
    await pass(GRACE - 100);
    expect(calls).toEqual([]);
    await pass(200);
    expect(calls).toEqual([[{ channel: 'room', userId: 'ann', connections: 0, since: came }]]);
  });

  it('counts one connection of somebody who may come back', async () => {
    const [one, other] = [opened('ann', 'room'), opened('ann', 'room')];
    await pass();
    told();
    one.close();
    other.close();
    await pass();
    expect(told()).toEqual([[['room', 'ann', 1]]]);
  });

  it('takes it for a leave at once when a stream that stays open leaves the channel', async () => {
    const ann = opened('ann', 'room', 'hall');
    await pass();
    told();
    ann.leave('room');
    await pass();
    expect(told()).toEqual([[['room', 'ann', 0]]]);
    ann.join('room');
    await pass();
    expect(told()).toEqual([[['room', 'ann', 1]]]);
  });

  it('tells at once without a grace period, and nothing of a visit within one tick', async () => {
    start(0);
    const ann = opened('ann', 'room');
    opened('ben', 'room').close();
    await pass();
    ann.close();
    await pass();
    expect(told()).toEqual([[['room', 'ann', 1]], [['room', 'ann', 0]]]);
  });

  it.each([0, GRACE])('keeps nothing of 20,000 who came and went, with a grace period of %p ms', async (grace) => {
    start(grace);
    for (let wave = 0; wave < 20; wave++) {
      const all = Array.from({ length: 1_000 }, (_, n) => opened(`user ${wave} ${n}`, 'room', `room ${n}`));
      if (wave % 2) await pass();
      for (const one of all) one.close();
    }
    await pass(GRACE * 4);

    expect(jest.getTimerCount()).toBe(0);
    const { channels, open, updates } = tracker as unknown as Record<string, { size: number; waiting: Set<unknown> }>;
    expect([channels!.size, open!.size, updates!.waiting.size]).toEqual([0, 0, 0]);
    const there = new Set<string>();
    for (const { channel, userId, connections } of calls.flat()) {
      if (connections > 0) there.add(`${channel} ${userId}`);
      else there.delete(`${channel} ${userId}`);
    }
    expect(there.size).toBe(0);
  });

  it('tells of a crowd in calls of a bounded size', async () => {
    for (let n = 0; n < 5_000; n++) opened(`user ${n}`, 'room');
    await tracker.settled();
    expect(calls.flat()).toHaveLength(5_000);
    expect(Math.max(...calls.map(({ length }) => length))).toBeLessThanOrEqual(500);
  });

  describe('while the backplane does not take it', () => {
    let warn: jest.SpiedFunction<Logger['warn']>;
    beforeEach(() => {
      warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
      failure = new Error('The engine is away');
    });
    afterEach(() => {
      warn.mockRestore();
    });

    it('tells later what is true then, and warns once', async () => {
      start(0);
      const ann = opened('ann', 'room');
      const cid = opened('cid', 'room');
      await pass();
      told();
      failure = new Error('The engine is away');
      ann.close();
      opened('ben', 'room');
      await pass(10_000);
      cid.close();
      opened('cid', 'room');
      failure = undefined;
      await pass(2_000);

      expect(told().flat()).toEqual([
        ['room', 'ann', 0],
        ['room', 'ben', 1],
      ]);
      expect(warn).toHaveBeenCalledTimes(1);
    });

    it('keeps little of the many who come and go meanwhile', async () => {
      start(0);
      failure = new Error('The engine is away');
      for (let wave = 0; wave < 50; wave++) {
        const all = Array.from({ length: 1_000 }, (_, n) => opened(`user ${wave} ${n}`, 'room'));
        await pass(500);
        for (const one of all) one.close();
      }
      const { waiting } = (tracker as unknown as { updates: { waiting: Set<unknown> } }).updates;
      expect(waiting.size).toBeLessThanOrEqual(500);
      failure = undefined;
      await pass(2_000);
      expect(waiting.size).toBe(0);
    });

    it('is in nobody’s way at the end', async () => {
      opened('ann', 'room');
      await pass();
      tracker.stop();
      await tracker.settled();
      expect(jest.getTimerCount()).toBe(0);
    });
  });

  it('tells of nobody any more once the application closes: his node’s lease ends', async () => {
    const ann = opened('ann', 'room');
    await pass();
    told();
    tracker.stop();
    ann.close();
    opened('ben', 'room').close();
    await pass(GRACE * 2);
    expect(calls).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });
});
