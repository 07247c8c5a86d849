import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EventHistory } from './event-history.js';
import { messageBytes } from './message-bytes.js';

const BOUNDS = { maxEvents: 100, maxAge: 10_000, maxTotalBytes: 1_048_576 };

/** A history with the counter that its log has. */
function historyOf(bounds: Partial<typeof BOUNDS>, maxLastNumbers?: number) {
  const history = new EventHistory({ ...BOUNDS, ...bounds }, 'e', maxLastNumbers);
  let sequence = 0;
  return {
    history,
    record: (channel: string, now = 0, data = 'x') =>
      history.record({ channel, data }, { epoch: 'e', sequence: ++sequence }, now),
    numbers: (channel: string, now = 0) => history.of(channel, now).messages.map((message) => message.sequence),
  };
}

describe('EventHistory', () => {
  it('lets the oldest of all channels go when the bytes are used up', () => {
    const size = messageBytes({ channel: 'a', data: 'x' });
    const { history, record, numbers } = historyOf({ maxTotalBytes: 3 * size });
    for (const channel of ['a', 'b', 'a', 'c', 'c']) record(channel);
    expect([numbers('a'), numbers('b'), numbers('c')]).toEqual([[3], [], [4, 5]]);
    expect(['a', 'b', 'c'].map((channel) => history.of(channel, 0).completeAfter)).toEqual([1, 2, 0]);
  });

  it('keeps nothing of a message that is larger than everything may be, and says so', () => {
    const { history, record } = historyOf({ maxTotalBytes: 100 });
    expect(record('a')).toMatchObject({ id: 'e-1', previous: 0 });
    expect(record('a')).toMatchObject({ id: 'e-2', previous: 1 });
    expect(history.of('a', 0)).toMatchObject({ messages: [], completeAfter: 2 });
  });

  it('tells how old a message is, and never returns one that is too old', () => {
    const { history, record } = historyOf({ maxAge: 1_000 });
    record('a', 0);
    record('a', 600);
    expect(history.of('a', 999).messages.map(({ age }) => age)).toEqual([999, 399]);
    expect(history.of('a', 1_000)).toMatchObject({ messages: [{ sequence: 2, age: 400 }], completeAfter: 1 });
  });

  it('has nothing left to expire when everything has gone', () => {
    const { history, record } = historyOf({ maxAge: 1_000 });
    record('a', 0);
    record('b', 500);
    expect([history.expire(1_000), history.expire(1_500)]).toEqual([true, false]);
  });

  it('knows the last number of a channel when its messages have gone', () => {
    const { history, record } = historyOf({ maxAge: 1_000 });
    record('a', 0);
    history.expire(5_000);
    expect(history.hold('a')).toBe(1);
    expect(record('a', 5_000).previous).toBe(1);
  });

  it('never forgets the numbers of a channel to which somebody listens', () => {
    const { history, record } = historyOf({ maxEvents: 0 }, 10);
    record('held');
    history.hold('held');
    const recordOthers = () => {
      for (let index = 0; index < 100; index++) record(`other ${index}`);
    };
    recordOthers();
    expect(record('held')).toMatchObject({ sequence: 102, previous: 1 });
    recordOthers();
    expect(record('held')).toMatchObject({ sequence: 203, previous: 102 });
    history.release('held');
    recordOthers();
    expect(record('held').previous).toBeGreaterThan(203);
  });

  it('keeps what a plain list would keep, and never says that something is complete which is not', () => {
    const channel = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ do: fc.constant('record' as const), channel, length: fc.nat(300) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('hold' as const, 'release' as const), channel }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('pass' as const), time: fc.nat(60) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('expire' as const) }) },
    );
    const bounds = fc.record({
      maxEvents: fc.nat(6),
      maxAge: fc.integer({ min: 1, max: 200 }),
      maxTotalBytes: fc.integer({ min: 100, max: 5_000 }),
    });
    fc.assert(
      fc.property(bounds, fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 80 }), (limits, lasts, steps) => {
        const { history, record } = historyOf(limits, lasts);
        const model = new Model(limits);
        const held = new Set<string>();
        let now = 0;
        for (const each of steps) {
          if (each.do === 'record') {
            const before = model.lastOf(each.channel);
            const { sequence, previous } = record(each.channel, now, 'x'.repeat(each.length));
            if (held.has(each.channel)) expect(previous).toBe(model.known.get(each.channel));
            expect(previous).toBeGreaterThanOrEqual(before);
            expect(previous).toBeLessThan(sequence);
            model.record(each.channel, sequence, now, 'x'.repeat(each.length));
            if (held.has(each.channel)) model.known.set(each.channel, sequence);
          } else if (each.do === 'hold') {
            const last = history.hold(each.channel);
            expect(last).toBeGreaterThanOrEqual(model.lastOf(each.channel));
            held.add(each.channel);
            model.known.set(each.channel, last);
          } else if (each.do === 'release') {
            history.release(each.channel);
            held.delete(each.channel);
          } else if (each.do === 'pass') now += each.time;
          else history.expire(now);
          model.expire(now);
          for (const name of ['a', 'b', 'c', 'd', 'e']) {
            const { messages, completeAfter } = history.of(name, now);
            expect(messages.map(({ sequence }) => sequence)).toEqual(model.numbersOf(name));
            expect(completeAfter).toBeGreaterThanOrEqual(model.lastForgottenOf(name));
            expect(completeAfter).toBeLessThan(messages[0]?.sequence ?? Infinity);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** A list of everything, and what is left of it. */
class Model {
  /** What was said to be the last number of channels to which somebody listens. */
  readonly known = new Map<string, number>();
  private readonly all: { channel: string; sequence: number; at: number; bytes: number; isKept: boolean }[] = [];

  constructor(private readonly limits: typeof BOUNDS) {}

  record(channel: string, sequence: number, at: number, data: string): void {
    this.all.push({ channel, sequence, at, bytes: messageBytes({ channel, data }), isKept: true });
    const own = this.kept().filter((entry) => entry.channel === channel);
    if (own.length > this.limits.maxEvents) own[0]!.isKept = false;
    while (this.kept().reduce((sum, { bytes }) => sum + bytes, 0) > this.limits.maxTotalBytes) {
      this.kept()[0]!.isKept = false;
    }
  }

  expire(now: number): void {
    for (const entry of this.all) if (now - entry.at >= this.limits.maxAge) entry.isKept = false;
  }

  numbersOf(channel: string): number[] {
    return this.kept()
      .filter((entry) => entry.channel === channel)
      .map(({ sequence }) => sequence);
  }

  lastOf(channel: string): number {
    return this.all.findLast((entry) => entry.channel === channel)?.sequence ?? 0;
  }

  lastForgottenOf(channel: string): number {
    return this.all.findLast((entry) => entry.channel === channel && !entry.isKept)?.sequence ?? 0;
  }

  private kept() {
    return this.all.filter(({ isKept }) => isKept);
  }
}
