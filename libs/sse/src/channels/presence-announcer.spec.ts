import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Backplane } from '../backplane/backplane.js';
import { type PresenceEntry } from '../backplane/presence-port.js';
import { Admission } from '../connections/admission.js';
import { ConnectionRegistry } from '../connections/connection-registry.js';
import { QueueBudget } from '../connections/queue-budget.js';
import { Traffic } from '../connections/traffic.js';
import { type SseConnection } from '../connections/sse-connection.js';
import { TimerWheel } from '../connections/timer-wheel.js';
import { type Frame } from '../protocol/frame.js';
import { type ChannelMembership } from './channel-membership.js';
import { PresenceAnnouncer } from './presence-announcer.js';
import { PresenceFeed } from './presence-feed.js';

describe('PresenceAnnouncer', () => {
  let registry: ConnectionRegistry;
  let feed: PresenceFeed;
  let announcer: PresenceAnnouncer;
  let observed: Set<string>;
  let members: PresenceEntry[];
  let reads: number;
  beforeEach(() => {
    jest.useFakeTimers();
    [members, reads, observed] = [[], 0, new Set()];
    registry = new ConnectionRegistry(new Admission(), new QueueBudget(1_000), new Traffic());
    const readMembers = () => {
      reads++;
      return Promise.resolve(members);
    };
    const backplane = { members: readMembers } as unknown as Backplane;
    const membership = {
      observe: (channel: string) => {
        observed.add(channel);
        return Promise.resolve(() => observed.delete(channel));
      },
    } as unknown as ChannelMembership;
    const wheel = new TimerWheel();
    feed = new PresenceFeed(backplane, membership, wheel);
    announcer = new PresenceAnnouncer(feed, wheel, registry);
  });
  afterEach(() => {
    announcer.stop();
    feed.stop();
    jest.useRealTimers();
  });

  /** As much of a connection as the registry and presence look at. */
  class Stream {
    readonly joined = new Set<string>();
    readonly frames: Frame[] = [];
    readonly settings: { raw: boolean };
    isOpen = false;
    isClosed = false;
    isBlocked = false;

    constructor(
      readonly id: string,
      raw: boolean,
    ) {
      this.settings = { raw };
    }

    deliver(frame: Frame): void {
      this.frames.push(frame);
    }

    get connection(): SseConnection {
      return this as unknown as SseConnection;
    }

    /** What it was told since the last look. */
    told(): Record<string, unknown>[] {
      return this.frames.splice(0).map(({ payload }) => {
        // An event without an id, whose data are what is looked at.
        const [, data = ''] = /^event: sse:presence\ndata: (.*)\n\n$/.exec(payload.toString()) ?? [];
        return JSON.parse(data) as Record<string, unknown>;
      });
    }

    close(): void {
      [this.isOpen, this.isClosed] = [false, true];
      for (const channel of this.joined) registry.leave(this.connection, channel);
      registry.remove(this.connection, 'client');
    }
  }

  let streams = 0;
  function open(how: { watches?: string[]; joins?: string[]; raw?: boolean } = {}): Stream {
    const { watches = ['room'], joins = watches, raw = false } = how;
    const stream = new Stream(`stream ${streams++}`, raw);
    announcer.watch(stream.connection, new Set(watches));
    for (const channel of joins) registry.join(stream.connection, channel);
    stream.isOpen = true;
    registry.add(stream.connection);
    return stream;
  }
  const are = (...names: string[]) => {
    members = names.map((userId, n) => ({ userId, connections: 1, since: n }));
  };
  const join = (userId: string, channel = 'room') => feed.presence({ type: 'join', channel, userId });
  const leave = (userId: string, channel = 'room') => feed.presence({ type: 'leave', channel, userId });
  const pass = (time: number) => jest.advanceTimersByTimeAsync(time);

  it('gives a list to a stream that has opened, with its own user in it', async () => {
    are('ann', 'ben');
    const stream = open();
    await pass(1);
    join('cid');
    await pass(150);
    expect(stream.told()).toEqual([{ channel: 'room', count: 3, members: expect.any(Array) }]);
    await pass(5_000);
    expect(stream.told()).toEqual([]);
  });

  it('tells what has changed at most once in a second', async () => {
    are('ann');
    const stream = open();
    await pass(150);
    stream.told();

    join('ben');
    leave('ann');
    await pass(400);
    join('cid');
    expect(stream.told()).toEqual([]);
    await pass(700);
    expect(stream.told()).toEqual([{ channel: 'room', count: 2, joined: ['ben', 'cid'], left: ['ann'] }]);
    await pass(500);
    join('dan');
    await pass(200);
    expect(stream.told()).toEqual([]);
    await pass(400);
    expect(stream.told()).toEqual([{ channel: 'room', count: 3, joined: ['dan'], left: [] }]);
  });

  it('tells nothing of those who came and went between two events', async () => {
    are('ann');
    const stream = open();
    await pass(150);
    stream.told();
    join('ben');
    leave('ann');
    await pass(100);
    leave('ben');
    join('ann');
    await pass(3_000);
    expect(stream.told()).toEqual([]);
  });

  it('gives newcomers the list, and the others what has changed: each encoded once', async () => {
    are('ann');
    const before = [open(), open()];
    await pass(1_500);
    for (const stream of before) stream.told();
    const newcomers = [open(), open()];
    join('ben');
    await pass(150);

    const frames = [...before, ...newcomers].map((stream) => stream.frames);
    expect(frames.map(({ length }) => length)).toEqual([1, 1, 1, 1]);
    expect(new Set(frames.flat()).size).toBe(2);
    expect(before[0]!.told()).toEqual([{ channel: 'room', count: 2, joined: ['ben'], left: [] }]);
    expect(newcomers[0]!.told()).toEqual([{ channel: 'room', count: 2, members: ['ann', 'ben'] }]);
    expect(reads).toBe(1);
  });

  it('keeps lists short, however many there are', async () => {
    are(...Array.from({ length: 5_000 }, (_, n) => `user ${n}`));
    const stream = open();
    await pass(150);
    const [list] = stream.told();
    expect(list).toMatchObject({ count: 5_000, more: true });
    expect(list!.members).toEqual(members.slice(0, 100).map(({ userId }) => userId));

    for (let n = 0; n < 5_000; n++) leave(`user ${n}`);
    for (let n = 0; n < 100; n++) join(`other ${n}`);
    await pass(1_100);
    const [changes, ...more] = stream.told();
    expect(more).toEqual([]);
    expect(changes).toMatchObject({ count: 100, more: true });
    expect([(changes!.joined as string[]).length, (changes!.left as string[]).length]).toEqual([100, 100]);
  });

  it('has nothing wait for a stream whose client does not read, which gets the list when it does again', async () => {
    are('ann');
    const [stream, slow, opening] = [open(), open(), open()];
    opening.isBlocked = true;
    await pass(150);
    for (const each of [stream, slow]) each.told();
    slow.isBlocked = true;
    for (let n = 0; n < 10; n++) {
      join(`user ${n}`);
      await pass(1_100);
    }
    expect([stream.told().length, slow.frames.length, opening.frames.length]).toEqual([10, 0, 0]);
    for (const each of [slow, opening]) each.isBlocked = false;
    await pass(1_100);

    for (const each of [slow, opening]) {
      expect(each.told()).toEqual([{ channel: 'room', count: 11, members: expect.any(Array) }]);
    }
    join('ben');
    await pass(1_100);
    for (const each of [stream, slow, opening]) expect(each.told()).toMatchObject([{ joined: ['ben'] }]);
    expect(jest.getTimerCount()).toBe(1);
  });

  it('tells a crowd of 5,000 that comes at once, of itself, by few frames', async () => {
    const crowd = [open()];
    await pass(1);
    for (let n = 0; n < 5_000; n++) {
      crowd.push(open());
      join(`user ${n}`);
      if (n % 500 === 499) await pass(300);
    }
    await pass(5_000);
    const frames = crowd.map((stream) => stream.frames);
    expect(new Set(frames.flat()).size).toBeLessThan(15);
    expect(Math.max(...frames.map(({ length }) => length))).toBeLessThanOrEqual(6);
    expect(Math.min(...frames.map(({ length }) => length))).toBeGreaterThan(0);
    expect(reads).toBe(1);
  });

  it('tells only of channels that have the option, also to a stream that comes to others later', async () => {
    const stream = open({ watches: ['room'], joins: ['room', 'hall'] });
    registry.join(stream.connection, 'attic');
    for (const channel of ['hall', 'attic']) join('ben', channel);
    await pass(1_500);
    expect(stream.told()).toEqual([{ channel: 'room', count: 0, members: [] }]);
    expect([...observed]).toEqual(['room']);
  });

  it('tells a stream that gets to its channel only after it has opened', async () => {
    const stream = open({ watches: ['room'], joins: [] });
    await pass(150);
    registry.join(stream.connection, 'room');
    await pass(150);
    expect(stream.told()).toEqual([{ channel: 'room', count: 0, members: [] }]);
  });

  it('tells raw streams nothing', async () => {
    const stream = open({ raw: true });
    await pass(1_500);
    expect(stream.frames).toEqual([]);
    expect([...observed]).toEqual([]);
  });

  it('keeps nothing of a channel once its last stream has gone', async () => {
    const [one, other] = [open(), open()];
    await pass(150);
    join('ann');
    one.close();
    expect([...observed]).toEqual(['room']);
    other.close();
    expect([...observed]).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
    const { rooms } = announcer as unknown as { rooms: Map<string, unknown> };
    expect(rooms.size).toBe(0);
  });

  it('ends a stream that can’t take what it is told', async () => {
    are('ann');
    const streams = [open(), open()];
    for (const stream of streams) {
      stream.deliver = (frame) => {
        stream.frames.push(frame);
        for (const each of streams) if (!each.isClosed) each.close();
      };
    }
    await pass(150);
    const { rooms } = announcer as unknown as { rooms: Map<string, unknown> };
    expect([rooms.size, observed.size, jest.getTimerCount()]).toEqual([0, 0, 0]);
  });
});
