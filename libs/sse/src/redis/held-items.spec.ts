import { describe, expect, it } from '@jest/globals';
import { HeldItems } from './held-items.js';
import { type PassingItem } from './stream-item.js';

const item = (channel: string): PassingItem => ({ kind: 'ephemeral', channel });

describe('HeldItems', () => {
  it('gives what it holds in its order, also what comes meanwhile', () => {
    const held = new HeldItems();
    held.add(item('a'), 1);
    held.add(item('b'), 1);
    expect(held.first?.kind).toBe('ephemeral');
    held.dropFirst();
    held.add(item('c'), 1);
    expect(held.first).toMatchObject({ channel: 'b' });
    held.dropFirst();
    held.dropFirst();
    expect(held.first).toBeUndefined();
  });

  it('lets go of everything beyond its bound, and says so once', () => {
    const held = new HeldItems();
    held.add(item('a'), 40_000_000);
    expect(held.hasOverflowed()).toBe(false);
    held.add(item('b'), 40_000_000);
    expect(held.first).toBeUndefined();
    held.add(item('c'), 1);
    expect(held.hasOverflowed()).toBe(true);
    expect(held.hasOverflowed()).toBe(false);
    expect(held.first).toMatchObject({ channel: 'c' });
  });
});
