import { describe, expect, it } from '@jest/globals';
import { InProcessRecords } from './in-process-records.js';

describe('InProcessRecords', () => {
  it('ends a record, and a window, at their time', () => {
    const records = new InProcessRecords();
    records.put('key', 'x', { ttl: 100 }, 0);
    expect([records.get('key', 99), records.get('key', 100)]).toEqual(['x', undefined]);
    expect(records.count('address', 50, 0)).toEqual({ count: 1, remaining: 50 });
    expect(records.count('address', 50, 30)).toEqual({ count: 2, remaining: 20 });
    expect(records.count('address', 50, 50)).toEqual({ count: 1, remaining: 50 });
  });

  it('lets go of what has ended, and knows when nothing is left', () => {
    const records = new InProcessRecords();
    records.put('key', 'x', { ttl: 100 }, 0);
    records.count('address', 50, 0);
    expect([records.expire(0), records.size]).toEqual([true, 2]);
    expect([records.expire(50), records.size]).toEqual([true, 1]);
    expect([records.expire(100), records.size]).toEqual([false, 0]);
  });

  it('takes no more than it may hold, rather than forget one before its time', () => {
    const records = new InProcessRecords(2);
    records.put('short', 'x', { ttl: 50 }, 0);
    records.put('long', 'x', { ttl: 100 }, 0);
    expect(() => records.put('more', 'x', { ttl: 50 }, 10)).toThrow('2 records');
    expect(records.put('long', 'y', { ttl: 100 }, 10)).toBe(true);
    expect(records.put('more', 'x', { ttl: 50 }, 50)).toBe(true);
    expect([records.get('short', 50), records.get('long', 50), records.get('more', 50)]).toEqual([undefined, 'y', 'x']);
  });

  it('is not filled up by strangers who are counted', () => {
    const records = new InProcessRecords();
    for (let address = 0; address < 150_000; address++) records.count(`${address}`, 60_000, 0);
    expect(records.size).toBeLessThanOrEqual(100_000);
    expect(records.count('149999', 60_000, 0).count).toBe(2);
  });
});
