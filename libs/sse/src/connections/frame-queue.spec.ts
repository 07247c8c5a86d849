import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Frame } from '../protocol/frame.js';
import { FrameQueue } from './frame-queue.js';

const frame = (text: string, key?: string) => new Frame(text, { key });

describe('FrameQueue', () => {
  it('behaves as a plain list, whatever is done to it', () => {
    const step = fc.oneof(
      fc.record({ act: fc.constant('push' as const), key: fc.constantFrom(undefined, 'a', 'b') }),
      fc.record({ act: fc.constant('shift' as const), key: fc.constant(undefined) }),
      fc.record({ act: fc.constant('remove' as const), key: fc.constantFrom('a', 'b') }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const queue = new FrameQueue();
        const list: Frame[] = [];
        steps.forEach(({ act, key }, index) => {
          if (act === 'push') {
            const next = frame(`event ${index}`, key);
            queue.push(next);
            list.push(next);
          } else if (act === 'shift') {
            expect(queue.shift()).toBe(list.shift());
          } else {
            const at = list.findIndex((waiting) => waiting.key === key);
            expect(queue.removeKey(key)).toBe(at < 0 ? undefined : list.splice(at, 1)[0]);
          }
          expect(queue.size).toBe(list.length);
          expect(queue.bytes).toBe(list.reduce((sum, { bytes }) => sum + bytes, 0));
        });
        while (list.length > 0) expect(queue.shift()).toBe(list.shift());
        expect(queue.shift()).toBeUndefined();
      }),
    );
  });

  it('finds what a new event makes outdated by key, or by type where it has none', () => {
    const queue = new FrameQueue();
    const price = new Frame('1', { type: 'price' });
    const keyed = new Frame('2', { type: 'price', key: 'eur' });
    queue.push(keyed);
    queue.push(price);
    expect(queue.removeLike(new Frame('3', { type: 'price' }))).toBe(price);
    expect(queue.removeLike(new Frame('4', { type: 'other', key: 'eur' }))).toBe(keyed);
    expect(queue.removeLike(new Frame('5', { type: 'price' }))).toBeUndefined();
  });
});
