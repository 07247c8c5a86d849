import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { setImmediate as turn } from 'node:timers/promises';
import { type OverflowPolicy } from '../options/overflow-policy.js';
import { Frame } from '../protocol/frame.js';
import { type ResponseWriter } from '../transport/response-writer.js';
import { FlushScheduler } from './flush-scheduler.js';
import { Outbox } from './outbox.js';
import { QueueBudget } from './queue-budget.js';
import { Shedding } from './shedding.js';
import { Traffic } from './traffic.js';

describe('the limits of an Outbox', () => {
  let scheduler: FlushScheduler;
  let budget: QueueBudget;
  let owner: { overflowed: jest.Mock; unwritable: jest.Mock; drained: jest.Mock; tell: () => [] };
  beforeEach(() => {
    scheduler = new FlushScheduler();
    budget = new QueueBudget(1_000_000);
    owner = { overflowed: jest.fn(), unwritable: jest.fn(), drained: jest.fn(), tell: () => [] };
  });

  function outbox(limits: { maxEvents?: number; maxBytes?: number } = {}, policy: OverflowPolicy = 'drop-oldest') {
    const settings = { maxEvents: 1_000, maxBytes: 1_000_000, maxTotalBytes: 0, ...limits };
    return new Outbox(
      owner,
      { queue: settings, overflow: policy },
      { scheduler, budget, shedding: new Shedding(), traffic: new Traffic() },
    );
  }

  /** A client that does not read, or one whose response fails at each write. */
  function writer(traits: { blocked?: boolean; write?: (frame: Frame) => void } = {}) {
    const { blocked = false, write = () => undefined } = traits;
    const writeAll = (frames: readonly Frame[]) => frames.forEach(write);
    return { blocked, write, writeAll, onceDrained: () => undefined } as unknown as ResponseWriter;
  }

  function stalled(...settings: Parameters<typeof outbox>): Outbox {
    const box = outbox(...settings);
    box.open(writer({ blocked: true }), 1);
    box.flush(1);
    return box;
  }
  const frame = (bytes: number, key?: string) => new Frame('x'.repeat(bytes), { key });

  it('keep all queues together within their bytes, however the sizes of events change', () => {
    budget = new QueueBudget(10_000);
    const boxes = Array.from({ length: 10 }, () => stalled());
    const pushToAll = (times: number, bytes: number) => {
      for (let n = 0; n < times; n++) for (const box of boxes) box.push(frame(bytes));
    };

    pushToAll(110, 10);
    expect(budget.bytes).toBeLessThanOrEqual(10_010);
    pushToAll(50, 900);
    // An empty queue takes one event of any size: one for each connection may be more than the bound.
    expect(budget.bytes).toBeLessThanOrEqual(10_000 + 900);
    pushToAll(200, 10);
    expect(budget.bytes).toBeLessThanOrEqual(10_000 + 900);
    for (const box of boxes) box.discard();
    expect(budget.bytes).toBe(0);
  });

  it('leave the old value of a key where there is no room for the new one', () => {
    const box = stalled({ maxBytes: 300 }, 'drop-newest');
    box.push(frame(200));
    box.push(frame(20, 'price'));
    box.push(frame(200, 'price'));
    expect([box.size, box.dropped, budget.bytes]).toEqual([2, 1, 220]);
    box.push(frame(30, 'price'));
    expect([box.size, box.dropped, budget.bytes]).toEqual([2, 1, 230]);
  });

  it('are no limits for what is sent ahead of the opening, all of which is written then', async () => {
    const written: number[] = [];
    const box = outbox({ maxEvents: 10 }, 'disconnect');
    for (let n = 1; n <= 300; n++) box.push(frame(n), true);
    expect([box.size, box.dropped]).toEqual([300, 0]);
    box.open(writer({ write: ({ bytes }) => written.push(bytes) }), 1);
    await turn();
    expect(written).toEqual(Array.from({ length: 300 }, (_, n) => n + 1));
    expect(owner.overflowed).not.toHaveBeenCalled();
  });

  it('hold for what comes by channels before the opening', () => {
    const box = outbox({ maxEvents: 10, maxBytes: 500 });
    for (let n = 0; n < 300; n++) box.push(frame(100));
    expect(box.size).toBe(5);
    expect(budget.bytes).toBe(500);
    expect(box.dropped).toBe(295);
  });

  it('are no matter to others when a response can not be written to', async () => {
    const error = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => {});
    const written: string[] = [];
    const failing = () => {
      throw new Error('The middleware failed');
    };
    const good = () => writer({ write: ({ payload }) => written.push(payload.toString()) });
    const boxes = [outbox(), outbox(), outbox()];
    boxes[0]!.open(good(), 1);
    boxes[1]!.open(writer({ write: failing }), 1);
    boxes[2]!.open(good(), 1);

    for (const text of ['one', 'two']) {
      for (const box of boxes) box.push(new Frame(text));
      await turn();
    }

    expect(written).toEqual(['one', 'one', 'two', 'two']);
    expect(owner.unwritable).toHaveBeenCalled();
    error.mockRestore();
  });
});
