import { describe, expect, it } from '@jest/globals';
import { checkQueue, fallsBehindAt } from './queue-and-history.js';
import { SseOptionsError } from './sse-options-error.js';

const history = (maxEvents: number) => ({ maxEvents, maxAge: 1_000, maxTotalBytes: 1_000 });
const queue = (maxEvents: number) => ({ maxEvents, maxBytes: 1_000, maxTotalBytes: 1_000 });

describe('a queue beside a history', () => {
  it('is refused where it was chosen longer than half of what its events are read from again', () => {
    const check = (maxEvents: number) => () => checkQueue({ maxEvents, overflow: 'catch-up' }, history(100), 'x: ');
    expect(check(50)).not.toThrow();
    expect(check(51)).toThrow(SseOptionsError);
    expect(check(51)).toThrow(/x: queue\.maxEvents.*51.*history\.maxEvents \(100\).*make it 50 or less/s);
  });

  it.each([
    ['that was not chosen', { overflow: 'catch-up' as const }, 100],
    ['of a stream that drops', { maxEvents: 90, overflow: 'drop-oldest' as const }, 100],
    ['without a history', { maxEvents: 90, overflow: 'catch-up' as const }, 0],
  ])('may have any length: one %s', (_what, own, kept) => {
    expect(() => checkQueue(own, history(kept), '')).not.toThrow();
  });

  it.each([
    ['catch-up', 256, 1_024, 256],
    ['catch-up', 1_000, 1_024, 256],
    ['catch-up', 8, 1_024, 8],
    ['catch-up', 256, 8, 2],
    ['catch-up', 256, 1, 1],
    ['catch-up', 256, 0, 0],
    ['drop-oldest', 256, 1_024, 0],
    ['disconnect', 256, 1_024, 0],
  ] as const)('makes a stream with %s, %i events and a history of %i fall behind at %d', (policy, own, kept, at) => {
    expect(fallsBehindAt(policy, queue(own), history(kept))).toBe(at);
  });
});
