import { describe, expect, it } from '@jest/globals';
import { IdempotencyKeys } from './idempotency-keys.js';

const HOUR = 3_600_000;

describe('IdempotencyKeys', () => {
  it('knows a key for an hour, and what its message was given', () => {
    const keys = new IdempotencyKeys();
    keys.add('recorded', 'epoch-1', 0);
    keys.add('ephemeral', undefined, 0);
    expect(keys.find('recorded', HOUR - 1)?.id).toBe('epoch-1');
    expect(keys.find('ephemeral', HOUR - 1)).toMatchObject({ id: undefined });
    expect(keys.find('recorded', HOUR)).toBeUndefined();
    expect(keys.find('never seen', 0)).toBeUndefined();
  });

  it('lets go of what it does not know any more', () => {
    const keys = new IdempotencyKeys();
    keys.add('early', 'epoch-1', 0);
    keys.add('late', 'epoch-2', 1_000);
    expect([keys.expire(HOUR), keys.size]).toEqual([true, 1]);
    expect([keys.expire(HOUR + 1_000), keys.size]).toEqual([false, 0]);
  });

  it('is bounded: the oldest keys are forgotten first', () => {
    const keys = new IdempotencyKeys();
    for (let key = 0; key < 120_000; key++) keys.add(`${key}`, `epoch-${key}`, 0);
    expect(keys.size).toBeLessThanOrEqual(100_000);
    expect(keys.find('0', 0)).toBeUndefined();
    expect(keys.find('40000', 0)?.id).toBe('epoch-40000');
  });
});
