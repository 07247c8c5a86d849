import { describe, expect, it } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { type OverflowPolicy } from '../options/overflow-policy.js';
import { Frame, type FrameTraits } from '../protocol/frame.js';
import { type ResponseWriter } from '../transport/response-writer.js';
import { type DropCounts, type DropReason } from './drop-counts.js';
import { FlushScheduler } from './flush-scheduler.js';
import { Outbox } from './outbox.js';
import { QueueBudget } from './queue-budget.js';
import { Shedding } from './shedding.js';
import { Traffic } from './traffic.js';

/** A client that reads when it is told to, and an outbox behind which there is a history. */
class Bench {
  readonly written: Frame[] = [];
  readonly told = new Map<DropReason, number>();
  readonly history: Frame[] = [];
  readonly budget = new QueueBudget(1_000_000);
  blocked = false;
  readonly box: Outbox;
  private drain: (() => void) | undefined;

  constructor({
    policy = 'catch-up',
    maxEvents = 8,
    maxBytes = 100_000,
    fallsBehindAt = 4,
  }: { policy?: OverflowPolicy; maxEvents?: number; maxBytes?: number; fallsBehindAt?: number } = {}) {
    const services = {
      scheduler: new FlushScheduler(),
      budget: this.budget,
      shedding: new Shedding(),
      traffic: new Traffic(),
    };
    const owner = {
      overflowed: () => undefined,
      unwritable: () => undefined,
      drained: () => this.catchUp(),
      tell: (dropped: DropCounts) => this.tell(dropped),
    };
    this.box = new Outbox(owner, { queue: { maxEvents, maxBytes, maxTotalBytes: 0 }, overflow: policy }, services);
    this.box.fallsBehindAt = fallsBehindAt;
    this.box.open(this.writer, 1);
  }

  private get writer(): ResponseWriter {
    const isBlocked = () => this.blocked;
    return {
      get blocked() {
        return isBlocked();
      },
      write: (frame: Frame) => this.written.push(frame),
      writeAll: (frames: readonly Frame[]) => this.written.push(...frames),
      onceDrained: (callback: () => void) => (this.drain = callback),
    } as unknown as ResponseWriter;
  }

  /** Publishes an event that is recorded. */
  publish(traits: FrameTraits = {}, bytes = 8): void {
    const sequence = this.history.length + 1;
    const frame = new Frame(`event ${sequence}`.padEnd(bytes), { ...traits, sequence, id: `e-${sequence}` });
    this.history.push(frame);
    this.box.push(frame);
  }

  async stall(): Promise<void> {
    this.blocked = true;
    this.box.push(new Frame('stall'));
    await turn();
  }

  async read(): Promise<void> {
    this.blocked = false;
    for (let settled = -1; settled !== this.written.length;) {
      settled = this.written.length;
      const { drain } = this;
      this.drain = undefined;
      drain?.();
      await turn();
      this.catchUp();
      await turn();
    }
  }

  get sequences(): number[] {
    return this.written.flatMap(({ sequence }) => (sequence > 0 ? [sequence] : []));
  }

  /** What ChannelCatchUp does, without channels. */
  private catchUp(): void {
    const { box } = this;
    if (!box.isBehind || !box.takesPage) return;
    const page = this.history.slice(box.position, box.position + 3);
    if (page.length === 0) box.isBehind = false;
    else box.pushPage(page, page.at(-1)!.sequence);
  }

  private tell(dropped: DropCounts): Frame[] {
    for (const [reason, count] of dropped) this.told.set(reason, (this.told.get(reason) ?? 0) + count);
    return [];
  }
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('an Outbox behind which there is a history', () => {
  it('lets go of what the history has, and takes it from there when its client reads', async () => {
    const bench = new Bench();
    await bench.stall();
    for (let n = 0; n < 50; n++) bench.publish();
    expect([bench.box.isBehind, bench.box.size]).toEqual([true, 0]);
    expect(bench.budget.bytes).toBe(0);
    await bench.read();
    expect(bench.sequences).toEqual(upTo(50));
    expect([bench.box.isBehind, bench.told.size]).toEqual([false, 0]);
  });

  it('keeps what the history does not have, under its own bound, and tells what is lost of it', async () => {
    const bench = new Bench({ maxEvents: 4 });
    await bench.stall();
    for (let n = 0; n < 20; n++) {
      bench.publish();
      bench.box.push(new Frame(`typing ${n}`));
    }
    expect(bench.box.size).toBe(4);
    await bench.read();
    expect(bench.sequences).toEqual(upTo(20));
    expect(bench.told.get('overflow')).toBe(16);
  });

  it('puts no event before those that were let go of with it: a predecessor by its key', async () => {
    const bench = new Bench({ maxBytes: 100 });
    await bench.stall();
    bench.publish({}, 40);
    bench.publish({ key: 'price' });
    bench.publish({}, 40);
    // There is no room for it, nor for anything recorded: it falls behind, and the older price comes with all others.
    bench.publish({ key: 'price' }, 40);
    expect([bench.box.isBehind, bench.box.size, bench.budget.bytes]).toEqual([true, 0, 0]);
    await bench.read();
    expect([bench.sequences, bench.told.size]).toEqual([upTo(4), 0]);
  });

  it('keeps an older value in its place where there is no room for the newer one', async () => {
    const bench = new Bench({ policy: 'drop-newest', maxBytes: 100, fallsBehindAt: 0 });
    await bench.stall();
    bench.publish({ key: 'price' });
    bench.publish({}, 60);
    bench.publish({ key: 'price' }, 60);
    await bench.read();
    expect([bench.sequences, bench.told.get('overflow')]).toEqual([[1, 2], 1]);
  });

  it('tells once of an event whose time was over in the queue, though it falls behind later', async () => {
    const bench = new Bench();
    await bench.stall();
    bench.publish({ expires: 0 });
    bench.blocked = false;
    await bench.read();
    await bench.stall();
    bench.box.fallBehind();
    await bench.read();
    expect([bench.sequences, bench.told.get('expired')]).toEqual([[], 1]);
  });

  it('takes the next page although something waits that is not recorded', async () => {
    const bench = new Bench();
    bench.box.push(new Frame('typing'));
    expect([bench.box.takesPage, bench.box.isDrained]).toEqual([true, false]);
    bench.publish();
    expect(bench.box.takesPage).toBe(false);
    await turn();
    expect([bench.box.takesPage, bench.box.isDrained]).toEqual([true, true]);
  });

  it('takes no event again, whoever brings it', async () => {
    const bench = new Bench();
    bench.box.position = 10;
    for (const sequence of [9, 10, 11, 11, 10, 12]) bench.box.push(new Frame(`event ${sequence}`, { sequence }));
    await turn();
    expect(bench.sequences).toEqual([11, 12]);
  });

  it('lets go of copies of recorded events when it is told to, and of nothing else', async () => {
    const bench = new Bench();
    bench.blocked = true;
    bench.box.push(new Frame('copy', { isCopy: true }));
    bench.box.push(new Frame('own'));
    bench.box.dropCopies();
    bench.blocked = false;
    await turn();
    expect(bench.written.map(({ payload }) => payload.toString())).toEqual(['own']);
    expect(bench.budget.bytes).toBe(0);
  });
});

/** What the steps have that publish nothing. */
const NOTHING = { key: undefined, priority: undefined, expires: undefined, bytes: 0 };

describe('the numbers that an Outbox writes', () => {
  const traits = fc.record({
    key: fc.constantFrom(undefined, undefined, 'a', 'b'),
    priority: fc.constantFrom(undefined, undefined, 'low' as const, 'critical' as const),
    expires: fc.constantFrom(undefined, undefined, undefined, 0),
    bytes: fc.integer({ min: 10, max: 60 }),
  });
  const step = fc.oneof(
    { weight: 8, arbitrary: traits.map((own) => ({ act: 'publish' as const, own })) },
    { weight: 3, arbitrary: traits.map((own) => ({ act: 'send' as const, own })) },
    { weight: 2, arbitrary: fc.constant({ act: 'stall' as const, own: NOTHING }) },
    { weight: 1, arbitrary: fc.constant({ act: 'read' as const, own: NOTHING }) },
    { weight: 1, arbitrary: fc.constant({ act: 'turn' as const, own: NOTHING }) },
    { weight: 1, arbitrary: fc.constant({ act: 'lose' as const, own: NOTHING }) },
  );
  const setting = fc.record({
    policy: fc.constantFrom<OverflowPolicy>('catch-up', 'drop-oldest', 'drop-newest', 'conflate'),
    maxEvents: fc.integer({ min: 1, max: 8 }),
    steps: fc.array(step, { maxLength: 80, size: 'max' }),
  });

  it('grow, and none is left out that was not told, whatever happens', async () => {
    await fc.assert(
      fc.asyncProperty(setting, async ({ policy, maxEvents, steps }) => {
        const fallsBehindAt = policy === 'catch-up' ? Math.max(1, maxEvents >> 1) : 0;
        const bench = new Bench({ policy, maxEvents, fallsBehindAt, maxBytes: 100 });
        let sent = 0;
        for (const { act, own } of steps) {
          if (act === 'publish') bench.publish(own, own.bytes);
          // Of what is not recorded only that is told that had no room.
          else if (act === 'send') bench.box.push(new Frame(`own ${sent++}`, { priority: own.priority }));
          else if (act === 'stall') await bench.stall();
          else if (act === 'read') await bench.read();
          else if (act === 'turn') await turn();
          else bench.box.fallBehind();
        }
        await bench.read();
        await bench.read();

        const { sequences } = bench;
        expect(sequences).toEqual([...new Set(sequences)].toSorted((one, other) => one - other));
        const own = bench.written.filter(({ payload }) => payload.toString().startsWith('own')).length;
        const told = [...bench.told.values()].reduce((sum, count) => sum + count, 0);
        // An event may be told of and come all the same, where it falls behind afterwards; never the other way round.
        expect(bench.history.length - sequences.length + (sent - own)).toBeLessThanOrEqual(told);
        const mustCome = bench.history.filter(
          ({ key, expires, sequence }) =>
            expires === Infinity &&
            (key === undefined || !bench.history.some((later) => later.key === key && later.sequence > sequence)),
        );
        if (policy === 'catch-up' && !steps.some(({ act }) => act === 'send')) {
          expect(sequences).toEqual(expect.arrayContaining(mustCome.map(({ sequence }) => sequence)));
        }
        expect(bench.budget.bytes).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});
