import { afterEach, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { ProcessReader } from './process-reader.js';

describe('ProcessReader', () => {
  let reader: ProcessReader;
  afterEach(() => reader.stop());

  it('reads CPU time against the time that has passed, and memory against its limit', () => {
    reader = new ProcessReader();
    block(200);

    const { cpu, cores, rss, memoryLimit, memory, heapUsed, heapLimit } = reader.read();

    expect(cpu).toBeGreaterThan(0);
    expect(cores).toBeGreaterThanOrEqual(1);
    expect(memory).toBeCloseTo((rss / memoryLimit) * 100, 0);
    expect(rss).toBeLessThan(memoryLimit);
    expect(heapUsed).toBeLessThan(heapLimit);
  });

  it('sees an event loop that is blocked from each look to the next', async () => {
    reader = new ProcessReader();
    reader.start();
    await ticks();
    for (let look = 0; look < 4; look++) {
      block(100);
      await delay(0);
      const { eventLoopDelay } = reader.read();
      // The first look may come before the first tick behind the block.
      if (look > 0) expect(eventLoopDelay).toBeGreaterThan(50);
    }
  });

  it('forgets what was before the last look', async () => {
    reader = new ProcessReader();
    reader.start();
    await ticks();
    block(1_000);
    await ticks();
    expect(reader.read().eventLoopDelayMax).toBeGreaterThan(900);

    await ticks();

    expect(reader.read().eventLoopDelayMax).toBeLessThan(900);
  });
});

/** Some more than one look at the event loop. */
async function ticks(): Promise<void> {
  await delay(100);
}

function block(milliseconds: number): void {
  for (const end = performance.now() + milliseconds; performance.now() < end;);
}
