import { describe, expect, it } from '@jest/globals';
import { JoinedChannels } from './joined-channels.js';

describe('JoinedChannels', () => {
  it('holds each name once, in the order in which they came', () => {
    const joined = new JoinedChannels();
    for (const name of ['b', 'a', 'b']) joined.add(name);
    expect([...joined]).toEqual(['b', 'a']);
    expect(joined.has('a')).toBe(true);
  });

  it('lets go of one, and of none that it does not have', () => {
    const joined = new JoinedChannels();
    for (const name of ['a', 'b', 'c']) joined.add(name);
    joined.delete('b');
    joined.delete('other');
    expect([...joined]).toEqual(['a', 'c']);
    expect(joined.has('b')).toBe(false);
  });

  it('is gone through as it was when somebody began to, whoever leaves meanwhile', () => {
    const joined = new JoinedChannels();
    for (const name of ['a', 'b', 'c']) joined.add(name);
    const seen: string[] = [];
    for (const name of joined) {
      seen.push(name);
      joined.delete(name);
    }
    expect(seen).toEqual(['a', 'b', 'c']);
    expect([...joined]).toEqual([]);
  });
});
