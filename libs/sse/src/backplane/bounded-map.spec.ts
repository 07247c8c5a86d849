import { describe, expect, it } from '@jest/globals';
import { BoundedMap } from './bounded-map.js';

describe('BoundedMap', () => {
  it('forgets a tenth of the oldest when it is full, and says which', () => {
    const forgotten: number[] = [];
    const map = new BoundedMap<number>(20, (value) => forgotten.push(value));
    for (let value = 0; value < 20; value++) map.set(`${value}`, value);
    expect(forgotten).toEqual([]);
    map.set('one more', 20);
    expect(forgotten).toEqual([0, 1]);
    expect([map.size, map.get('1'), map.get('2'), map.get('one more')]).toEqual([19, undefined, 2, 20]);
  });

  it('takes what is put again for the newest', () => {
    const map = new BoundedMap<string>(2);
    map.set('a', 'first');
    map.set('b', 'x');
    map.set('a', 'second');
    map.set('c', 'x');
    expect([map.get('a'), map.get('b'), map.get('c')]).toEqual(['second', undefined, 'x']);
  });
});
