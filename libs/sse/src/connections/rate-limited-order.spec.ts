import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { LimitedClient, type WrittenFrame } from '../../../../test/harness/limited-client.js';
import { type OverflowPolicy } from '../options/overflow-policy.js';
import { rateLimitWithDefaults, type SseRateLimit } from '../options/rate-limit-options.js';
import { Frame, type FrameTraits } from '../protocol/frame.js';
import { StreamLimit } from './stream-limit.js';
import { TimerWheel } from './timer-wheel.js';

/** Long enough for everything that any of these outboxes may owe. */
const LONG = 3_600_000;

const limit = fc.record({
  messagesPerSecond: fc.constantFrom(0.5, 3, 10, 64),
  burst: fc.integer({ min: 1, max: 6 }),
});
const time = fc.constantFrom(0, 1, 20, 60, 150, 700);

function limitOf(options: SseRateLimit): StreamLimit {
  return new StreamLimit(rateLimitWithDefaults(options)!, new TimerWheel());
}

describe('a rate-limited Outbox, whatever happens', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const sent = fc.record({
    act: fc.constant('send' as const),
    isRecorded: fc.boolean(),
    type: fc.constantFrom(undefined, 'a', 'b'),
    key: fc.constantFrom(undefined, undefined, 'k', 'l'),
    priority: fc.constantFrom<FrameTraits['priority'][]>(undefined, undefined, undefined, 'low', 'critical'),
    life: fc.constantFrom(undefined, undefined, 0, 100),
  });
  const step = fc.oneof(
    { weight: 10, arbitrary: sent },
    { weight: 2, arbitrary: fc.record({ act: fc.constant('control' as const) }) },
    { weight: 4, arbitrary: fc.record({ act: fc.constant('pass' as const), time }) },
    { weight: 1, arbitrary: fc.record({ act: fc.constantFrom('block' as const, 'read' as const) }) },
  );
  const run = fc.record({
    limit,
    onLimit: fc.constantFrom<NonNullable<SseRateLimit['onLimit']>>('delay', 'drop', 'conflate'),
    overflow: fc.constantFrom<OverflowPolicy>('drop-oldest', 'drop-newest', 'conflate'),
    maxEvents: fc.integer({ min: 1, max: 12 }),
    isNumbered: fc.boolean(),
    steps: fc.array(step, { maxLength: 80, size: 'max' }),
  });

  it('keeps to its rate, to the order and to what it counts', () => {
    fc.assert(
      fc.property(run, ({ limit: rate, onLimit, overflow, maxEvents, isNumbered, steps }) => {
        const client = new LimitedClient(limitOf({ ...rate, onLimit }), { overflow, queue: { maxEvents } });
        client.box.isNumbered = isNumbered;
        let [events, controls, recorded] = [0, 0, 0];
        const critical: Frame[] = [];
        const ofKind = (kind: string) =>
          client.written.filter(({ frame }) => frame.payload.toString().startsWith(kind));
        const dropped = () => Object.values(client.traffic.droppedBy).reduce((sum, count) => sum + count);

        for (const each of steps) {
          if (each.act === 'control') {
            // Of a type that gives way to nothing.
            client.box.pushControl(new Frame(`control ${++controls}`, { type: 'sse:x', isControl: true }));
          } else if (each.act === 'send') {
            events++;
            const { isRecorded, type, priority } = each;
            // What is not recorded and has no room for a newer one of its key, or no time, is not counted.
            const [key, life] = isRecorded ? [each.key, each.life] : [];
            const expires = life === undefined ? undefined : performance.now() + life;
            const sequence = isRecorded ? ++recorded : 0;
            const id = isRecorded && isNumbered ? `e-${sequence}` : undefined;
            const publishedAt = performance.now();
            const frame = new Frame(`event ${events}`, { sequence, id, type, key, priority, expires, publishedAt });
            if (priority === 'critical') critical.push(frame);
            client.box.push(frame);
          } else if (each.act === 'pass') jest.advanceTimersByTime(each.time);
          else client[each.act]();

          const waiting = client.box.size - (controls - ofKind('control').length);
          expect(ofKind('event').length + dropped() + waiting).toBe(events);
        }
        client.read();
        jest.advanceTimersByTime(LONG);

        expect([client.box.size, client.budget.bytes]).toEqual([0, 0]);
        expect(ofKind('event').length + dropped()).toBe(events);
        expect(ofKind('control')).toHaveLength(controls);
        const numbers = client.written.map(({ frame }) => frame.sequence).filter((sequence) => sequence > 0);
        expect(numbers).toEqual([...new Set(numbers)].toSorted((one, other) => one - other));
        const told = [...client.told.values()].reduce((sum, count) => sum + count, 0);
        expect(told).toBeGreaterThanOrEqual(recorded - numbers.length);
        expect(told).toBeLessThanOrEqual(dropped());
        expectRate(ofKind('event'), rate, critical);
        client.box.discard();
        expect(jest.getTimerCount()).toBe(0);
      }),
      { numRuns: 400 },
    );
  });

  it('is given everything from the history, in order, however much comes beside it', () => {
    const beside = fc.oneof(
      { weight: 4, arbitrary: fc.record({ act: fc.constant('publish' as const) }) },
      { weight: 4, arbitrary: fc.record({ act: fc.constant('send' as const) }) },
      { weight: 2, arbitrary: fc.record({ act: fc.constant('pass' as const), time }) },
      { weight: 1, arbitrary: fc.record({ act: fc.constantFrom('block' as const, 'read' as const) }) },
    );
    const runs = fc.record({
      limit,
      maxEvents: fc.integer({ min: 2, max: 8 }),
      steps: fc.array(beside, { maxLength: 80, size: 'max' }),
    });
    fc.assert(
      fc.property(runs, ({ limit: rate, maxEvents, steps }) => {
        const client = new LimitedClient(limitOf(rate), { overflow: 'catch-up', queue: { maxEvents } });
        const { box } = client;
        const history: Frame[] = [];
        let events = 0;
        box.isNumbered = true;
        box.fallsBehindAt = Math.max(1, maxEvents >> 1);
        // As ChannelCatchUp does.
        const catchUp = () => {
          if (!box.isBehind || !box.takesPage) return;
          const page = history.slice(box.position, box.position + 3);
          if (page.length === 0) box.isBehind = false;
          else box.pushPage(page, page.at(-1)!.sequence);
        };
        const catchUpLater = () => void setImmediate(catchUp);
        client.drained.mockImplementation(catchUpLater);
        client.wantsPage.mockImplementation(catchUpLater);

        for (const each of steps) {
          if (each.act === 'publish') {
            const sequence = history.length + 1;
            history.push(new Frame(`event ${++events}`, { sequence, id: `e-${sequence}` }));
            box.push(history.at(-1)!);
          } else if (each.act === 'send') box.push(new Frame(`event ${++events}`));
          else if (each.act === 'pass') jest.advanceTimersByTime(each.time);
          else client[each.act]();
        }
        client.read();
        jest.advanceTimersByTime(LONG);

        const numbers = client.written.map(({ frame }) => frame.sequence).filter((sequence) => sequence > 0);
        expect(numbers).toEqual(history.map(({ sequence }) => sequence));
        const own = client.written.filter(({ frame }) => frame.payload.toString().startsWith('event'));
        expect(own.length + client.traffic.droppedBy.overflow).toBe(events);
        expectRate(own, rate);
        box.discard();
      }),
      { numRuns: 200 },
    );
  });

  it('catches up while more comes beside it than it may write', () => {
    const client = new LimitedClient(limitOf({ messagesPerSecond: 10, burst: 1 }), {
      overflow: 'catch-up',
      queue: { maxEvents: 8 },
    });
    const { box } = client;
    const history = Array.from({ length: 30 }, (_, n) => new Frame(`event ${n + 1}`, { sequence: n + 1 }));
    const catchUp = () => {
      const next = history[box.position];
      if (next && box.takesPage) box.pushPage([next], next.sequence);
    };
    client.drained.mockImplementation(catchUp);
    client.wantsPage.mockImplementation(catchUp);
    box.fallsBehindAt = 4;
    box.fallBehind();

    for (let passed = 0; passed < 120_000 && box.written < 30; passed += 20) {
      box.push(new Frame('typing'));
      jest.advanceTimersByTime(20);
    }

    expect(box.written).toBe(30);
  });
});

/** Of what is not critical, and did not have to leave before something critical that waited. */
function expectRate(
  written: readonly WrittenFrame[],
  { messagesPerSecond, burst = 1 }: SseRateLimit,
  critical: readonly Frame[] = [],
): void {
  const places = new Map(written.map(({ frame }, index) => [frame, index]));
  const isPulled = (at: number, index: number) =>
    critical.some((frame) => frame.publishedAt <= at && index <= (places.get(frame) ?? Infinity));
  const limited = written.filter(({ at }, index) => !isPulled(at, index));
  for (const [first, { at: start }] of limited.entries()) {
    for (let last = first; last < limited.length; last++) {
      const allowed = burst + ((limited[last]!.at - start) * messagesPerSecond) / 1_000;
      expect(last - first + 1).toBeLessThanOrEqual(allowed + 1e-6);
    }
  }
}
