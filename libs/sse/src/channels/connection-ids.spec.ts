import { describe, expect, it } from '@jest/globals';
import { ConnectionIds } from './connection-ids.js';

describe('ConnectionIds', () => {
  it('never gives an id twice, and begins each with its node', () => {
    const ids = new ConnectionIds();
    const given = Array.from({ length: 2_000 }, () => ids.next());
    expect(new Set(given).size).toBe(2_000);
    expect(given.every((id) => id.startsWith(ids.node) && /^[\w-]{30}$/.test(id))).toBe(true);
  });

  it('gives each node a name of its own', () => {
    expect(new ConnectionIds().node).not.toBe(new ConnectionIds().node);
  });
});
