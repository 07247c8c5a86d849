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

  it('puts a recorded frame back to its place, and any other to the end', () => {
    const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(numbers, fc.nat(39), fc.nat(60), (unsorted, chosen, shifts) => {
        const queue = new FrameQueue();
        const frames = unsorted
          .toSorted((one, other) => one - other)
          .map((sequence) => new Frame(`event ${sequence}`, { sequence, key: `${sequence}` }));
        // The list inside has been used before.
        for (let n = 0; n < shifts; n++) queue.push(frame('before'));
        for (const each of frames) queue.push(each);
        for (let n = 0; n < shifts; n++) queue.shift();
        const taken = queue.removeKey(frames[chosen % frames.length]!.key!)!;
        expect(queue.recorded).toBe(frames.length - 1);
        queue.putBack(taken);
        queue.putBack(frame('own'));
        expect([queue.recorded, queue.size]).toEqual([frames.length, frames.length + 1]);
        for (const each of frames) expect(queue.shift()).toBe(each);
        expect(queue.shift()!.payload.toString()).toBe('own');
        expect([queue.recorded, queue.size, queue.bytes]).toEqual([0, 0, 0]);
      }),
    );
  });

  it('lets go of all that are like this, and keeps the order of the others', () => {
    const queue = new FrameQueue();
    const recorded = [1, 2, 3].map((sequence) => new Frame(`event ${sequence}`, { sequence }));
    const own = [frame('a'), frame('b')];
    for (const each of [recorded[0]!, own[0]!, recorded[1]!, own[1]!, recorded[2]!]) queue.push(each);
    expect(queue.removeAll(({ sequence }) => sequence > 0)).toEqual(recorded);
    expect([queue.size, queue.recorded]).toEqual([2, 0]);
    expect([queue.shift(), queue.shift()]).toEqual(own);
  });

  it('keeps of what is like one another the newest, in its place, and what stays anyway', () => {
    const queue = new FrameQueue();
    const typed = [1, 2, 3].map((n) => new Frame(`price ${n}`, { type: 'price' }));
    const keyed = [1, 2].map((n) => new Frame(`eur ${n}`, { type: 'price', key: 'eur' }));
    const plain = [frame('one'), frame('two')];
    const stays = new Frame('alarm', { priority: 'critical' });
    for (const each of [typed[0]!, keyed[0]!, plain[0]!, stays, typed[1]!, plain[1]!, keyed[1]!, typed[2]!]) {
      queue.push(each);
    }
    const isCritical = ({ priority }: Frame) => priority === 'critical';

    expect(queue.conflate(isCritical)).toEqual([typed[0], keyed[0], plain[0], typed[1]]);
    expect([queue.size, queue.count(isCritical), queue.count(() => true)]).toEqual([4, 1, 4]);
    expect([queue.shift(), queue.shift(), queue.shift(), queue.shift()]).toEqual([stays, plain[1], keyed[1], typed[2]]);
  });

  it('has the low ones give way first, those that are critical last, and what is ours never', () => {
    const queue = new FrameQueue();
    const reset = new Frame('reset', { type: 'sse:reset' });
    const critical = new Frame('critical', { priority: 'critical' });
    const normal = [frame('one'), frame('two')];
    const low = new Frame('low', { priority: 'low' });
    for (const each of [reset, critical, ...normal, low]) queue.push(each);
    expect(queue.removeLow()).toBe(low);
    expect(queue.removeLow()).toBeUndefined();
    expect([queue.removeLeast(), queue.removeLeast(), queue.removeLeast(), queue.removeLeast()]).toEqual([
      ...normal,
      critical,
      undefined,
    ]);
    expect(queue.shift()).toBe(reset);
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
