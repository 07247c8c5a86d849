import { beforeEach, describe, expect, it } from '@jest/globals';
import { type OverflowPolicy } from '../options/overflow-policy.js';
import { Frame } from '../protocol/frame.js';
import { type DropCounts } from './drop-counts.js';
import { FlushScheduler } from './flush-scheduler.js';
import { Outbox } from './outbox.js';
import { QueueBudget } from './queue-budget.js';
import { Shedding } from './shedding.js';
import { Traffic } from './traffic.js';

/** The end of a response whose client reads only when it is told to. */
class Client {
  readonly read: string[] = [];
  writes = 0;
  blocked = false;
  readonly unflushedBytes = 0;
  readonly flushedBytes = 0;
  readonly response = undefined as never;
  private drained: (() => void) | undefined;

  write(frame: Frame): void {
    this.writes++;
    this.read.push(frame.payload.toString());
  }
  writeAll(frames: readonly Frame[]): void {
    this.writes++;
    this.read.push(...frames.map(({ payload }) => payload.toString()));
  }
  onceDrained(callback: () => void): void {
    this.drained = callback;
  }
  resume(): void {
    this.blocked = false;
    this.drained?.();
  }
  detach(): void {}
  end(): void {}
  destroy(): void {}
  destroyAfterFlush(): void {}
}

const tick = () => new Promise((resolve) => setImmediate(resolve));

describe('Outbox', () => {
  let client: Client;
  let budget: QueueBudget;
  let traffic: Traffic;
  let overflows: number;
  let told: [string, number][];
  beforeEach(() => {
    client = new Client();
    budget = new QueueBudget(1_000_000);
    traffic = new Traffic();
    overflows = 0;
    told = [];
  });

  function outbox(policy: OverflowPolicy = 'drop-oldest', limits: { maxEvents?: number; maxBytes?: number } = {}) {
    const owner = {
      overflowed: () => (overflows += 1),
      unwritable: () => {},
      drained: () => {},
      tell: (dropped: DropCounts) => ((told = [...dropped]), []),
    };
    const services = { scheduler: new FlushScheduler(), budget, shedding: new Shedding(), traffic };
    const box = new Outbox(
      owner,
      { queue: { maxEvents: 4, maxBytes: 1_000, maxTotalBytes: 0, ...limits }, overflow: policy },
      services,
    );
    box.open(client, 1);
    return box;
  }
  async function stall(box: Outbox): Promise<void> {
    client.blocked = true;
    box.push(new Frame('stall'));
    await tick();
  }
  const push = (box: Outbox, ...texts: string[]) => texts.forEach((text) => box.push(new Frame(text)));

  it('writes what falls into one tick at once', async () => {
    const box = outbox();
    push(box, 'a', 'b', 'c');
    expect(client.writes).toBe(0);
    await tick();
    expect(client.read).toEqual(['a', 'b', 'c']);
    expect(client.writes).toBe(1);
  });

  it('takes a burst of any length from a client that reads', async () => {
    const box = outbox();
    const texts = Array.from({ length: 1_000 }, (_, index) => String(index));
    push(box, ...texts);
    await tick();
    expect(client.read).toEqual(texts);
    expect(box.dropped).toBe(0);
  });

  it.each<[OverflowPolicy, string[]]>([
    ['catch-up', ['c', 'd', 'e', 'f']],
    ['drop-oldest', ['c', 'd', 'e', 'f']],
    ['drop-newest', ['a', 'b', 'c', 'd']],
    ['conflate', ['c', 'd', 'e', 'f']],
  ])('keeps to its bound by %s while the client does not read', async (policy, kept) => {
    const box = outbox(policy);
    await stall(box);
    push(box, 'a', 'b', 'c', 'd', 'e', 'f');
    await tick();
    expect(box.size).toBe(4);
    client.resume();
    expect(client.read).toEqual(['stall', ...kept]);
    expect(box.dropped).toBe(2);
    expect(traffic.dropped).toBe(2);
    expect(told).toEqual([['overflow', 2]]);
  });

  it('tells its owner when the policy is to disconnect', async () => {
    const box = outbox('disconnect');
    await stall(box);
    push(box, 'a', 'b', 'c', 'd', 'e');
    expect(overflows).toBe(1);
  });

  it('tells how long the next event has waited, from its publication or else from the last write', async () => {
    const box = outbox();
    expect(box.lag(1_000)).toBe(0);
    await stall(box);
    expect(box.lag(box.lastWrite + 40)).toBe(40);
    box.push(new Frame('first', { publishedAt: 500 }));
    box.push(new Frame('second', { publishedAt: 900 }));
    expect(box.lag(1_000)).toBe(500);
    client.resume();
    expect(box.lag(2_000)).toBe(0);
  });

  it('bounds bytes as well as events, and takes one event of any size', async () => {
    const box = outbox('drop-oldest', { maxBytes: 10 });
    await stall(box);
    push(box, 'x'.repeat(500));
    expect(box.size).toBe(1);
    push(box, 'small');
    client.resume();
    expect(client.read).toEqual(['stall', 'small']);
  });

  it('replaces a waiting event by a newer one of its key, at the end', async () => {
    const box = outbox();
    await stall(box);
    box.push(new Frame('old price', { key: 'price' }));
    push(box, 'a');
    box.push(new Frame('new price', { key: 'price' }));
    client.resume();
    expect(client.read).toEqual(['stall', 'a', 'new price']);
    expect(box.dropped).toBe(0);
  });

  it('counts a frame that waits in many queues once, and gives everything back', async () => {
    const boxes = [outbox(), outbox(), outbox()];
    for (const box of boxes) await stall(box);
    const before = budget.bytes;
    const shared = new Frame('shared');
    for (const box of boxes) box.push(shared);
    expect(budget.bytes - before).toBe(shared.bytes);
    for (const box of boxes) box.discard();
    expect(budget.bytes).toBe(0);
  });

  it('gives one event for one where the bound of all queues is exceeded', async () => {
    budget = new QueueBudget(20);
    const box = outbox('drop-oldest', { maxEvents: 100 });
    await stall(box);
    push(box, 'a'.repeat(10), 'b'.repeat(10), 'c'.repeat(10), 'd'.repeat(10));
    expect(box.size).toBe(3);
    expect(budget.bytes).toBe(30);
  });

  it('hands over everything when it is closed, and nothing after', async () => {
    const box = outbox();
    await stall(box);
    push(box, 'a', 'b');
    box.close(2);
    push(box, 'c');
    await tick();
    expect(client.read).toEqual(['stall', 'a', 'b']);
    expect(budget.bytes).toBe(0);
  });
});
