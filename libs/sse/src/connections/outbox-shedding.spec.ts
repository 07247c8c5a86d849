import { beforeEach, describe, expect, it } from '@jest/globals';
import { Frame, type FrameTraits } from '../protocol/frame.js';
import { type DropCounts } from './drop-counts.js';
import { FlushScheduler } from './flush-scheduler.js';
import { Outbox } from './outbox.js';
import { QueueBudget } from './queue-budget.js';
import { Shedding } from './shedding.js';
import { Traffic } from './traffic.js';

const tick = () => new Promise((resolve) => setImmediate(resolve));

describe('an outbox of a process under pressure', () => {
  let written: string[][];
  let scheduler: FlushScheduler;
  let shedding: Shedding;
  let traffic: Traffic;
  let box: Outbox;
  beforeEach(() => {
    written = [];
    [scheduler, shedding, traffic] = [new FlushScheduler(), new Shedding(), new Traffic()];
    const owner = {
      overflowed: () => {},
      unwritable: () => {},
      drained: () => {},
      tell: (dropped: DropCounts) => [...dropped].map((drop) => new Frame(`dropped ${drop.join(' ')}`)),
    };
    const settings = {
      queue: { maxEvents: 100, maxBytes: 10_000, maxTotalBytes: 0 },
      overflow: 'drop-oldest' as const,
    };
    box = new Outbox(owner, settings, { scheduler, budget: new QueueBudget(10_000), shedding, traffic });
    const texts = (frames: readonly Frame[]) => frames.map(({ payload }) => payload.toString());
    box.open(
      {
        blocked: false,
        unflushedBytes: 0,
        flushedBytes: 0,
        response: undefined as never,
        write: (frame) => written.push(texts([frame])),
        writeAll: (frames) => written.push(texts(frames)),
        onceDrained: () => {},
        detach: () => {},
        end: () => {},
        destroy: () => {},
        destroyAfterFlush: () => {},
      },
      1,
    );
  });
  const push = (text: string, traits?: FrameTraits) => box.push(new Frame(text, traits));

  it('leaves out what is of low priority, which costs no write, and tells so with the next thing', async () => {
    shedding.lowPriority = true;
    push('a', { priority: 'low' });
    push('b', { priority: 'low' });
    await tick();
    expect(written).toEqual([]);

    push('c');
    await tick();

    expect(written.flat().sort()).toEqual(['c', 'dropped shed 2']);
    expect([box.dropped, traffic.droppedBy.shed]).toEqual([2, 2]);
  });

  it('takes it again when the pressure is gone', async () => {
    shedding.lowPriority = true;
    shedding.lowPriority = false;

    push('a', { priority: 'low' });
    await tick();

    expect(written).toEqual([['a']]);
  });

  it('collects events of several ticks into one write while the window is wide', async () => {
    scheduler.window = 20;
    push('a');
    await tick();
    push('b');
    await tick();
    expect(written).toEqual([]);

    while (written.length === 0) await tick();

    expect(written).toEqual([['a', 'b']]);
  });

  it('writes a critical event at once, however wide the window is', () => {
    scheduler.window = 60_000;

    push('a', { priority: 'critical' });

    expect(written).toEqual([['a']]);
  });

  it('counts what it writes, and how long that took since it was published', async () => {
    push('twelve bytes', { publishedAt: 1 });
    push('heartbeat');
    await tick();

    expect([traffic.events, traffic.bytes]).toEqual([2, 21]);
    expect(traffic.latency.counts.reduce((sum, count) => sum + count)).toBe(1);
  });
});
