import { describe, expect, it } from '@jest/globals';
import { LogKnowledge } from './log-knowledge.js';

describe('LogKnowledge', () => {
  const knowledge = (...states: [generation: number, epoch: string, sequence: number][]) => {
    const result = new LogKnowledge();
    for (const [generation, epoch, sequence] of states) result.note({ generation, epoch, sequence });
    return result.words.slice(0, 4);
  };

  it('goes out as nothing at first', () => {
    expect(knowledge()).toEqual(['0', '', '0', '0']);
  });

  it('keeps the highest number of a log, in whatever order it hears of them', () => {
    expect(knowledge([1, 'a', 5], [1, 'a', 3])).toEqual(['1', 'a', '5', '5']);
  });

  it('goes over to a later log, and remembers how far the last one had got', () => {
    expect(knowledge([1, 'a', 50], [2, 'b', 20])).toEqual(['2', 'b', '20', '50']);
  });

  it('is not led astray by a server that still has an older log', () => {
    expect(knowledge([2, 'b', 20], [1, 'a', 70])).toEqual(['2', 'b', '20', '70']);
    expect(knowledge([2, 'b', 20], [2, 'other', 30])).toEqual(['2', 'b', '20', '30']);
  });

  it('offers a name for a new log until it is taken', () => {
    const one = new LogKnowledge();
    const [offered = ''] = one.words.slice(-1);
    expect(offered).toMatch(/^[0-9a-f]{12}$/);
    expect(one.words.at(-1)).toBe(offered);
    one.note({ generation: 1, epoch: offered, sequence: 0 });
    expect(one.words.at(-1)).not.toBe(offered);
  });
});
