import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type DeliveryCounts } from '../load-report.js';
import { Sequence } from './sequence.js';

function counted(seqs: readonly number[], expected = -Infinity, unsent: readonly number[] = []): DeliveryCounts {
  const counts = { lost: 0, duplicated: 0, outOfOrder: 0 };
  const [first = 0, ...others] = seqs;
  const sequence = new Sequence(first, counts);
  for (const seq of others) sequence.take(seq);
  sequence.expect(expected);
  sequence.excuse(unsent);
  return counts;
}

/** The same, by looking at all that came. */
function naive(seqs: readonly number[], expected: number, unsent: readonly number[]): DeliveryCounts {
  const [first = 0] = seqs;
  const seen = new Set<number>();
  const counts = { lost: 0, duplicated: 0, outOfOrder: 0 };
  for (const [index, seq] of seqs.entries()) {
    if (seen.has(seq)) counts.duplicated++;
    else if (seqs.slice(0, index).some((before) => before > seq)) counts.outOfOrder++;
    seen.add(seq);
  }
  for (let seq = first; seq <= Math.max(expected, ...seqs); seq++) {
    if (!seen.has(seq) && !unsent.includes(seq)) counts.lost++;
  }
  return counts;
}

describe('Sequence', () => {
  it('misses what lies between what came', () => {
    expect(counted([7, 8, 12, 13])).toEqual({ lost: 3, duplicated: 0, outOfOrder: 0 });
  });

  it('does not miss what was before it came', () => {
    expect(counted([1_000])).toEqual({ lost: 0, duplicated: 0, outOfOrder: 0 });
  });

  it('takes what comes later for out of order and not for lost', () => {
    expect(counted([1, 4, 2, 3, 5])).toEqual({ lost: 0, duplicated: 0, outOfOrder: 2 });
  });

  it('tells twice from late', () => {
    expect(counted([1, 2, 2, 4, 1, 3, 3])).toEqual({ lost: 0, duplicated: 3, outOfOrder: 1 });
  });

  it('misses the end, where others have it', () => {
    expect(counted([1, 2], 5)).toEqual({ lost: 3, duplicated: 0, outOfOrder: 0 });
  });

  it('does not miss what was never sent', () => {
    expect(counted([1, 2, 5], 7, [3, 6, 99, 0])).toEqual({ lost: 2, duplicated: 0, outOfOrder: 0 });
  });

  it('agrees with one who remembers all that came', () => {
    const seqs = fc.array(fc.integer({ min: -10, max: 40 }), { minLength: 1, maxLength: 60 });
    const rest = fc.tuple(fc.integer({ min: -10, max: 50 }), fc.uniqueArray(fc.integer({ min: -10, max: 50 })));
    fc.assert(
      fc.property(seqs, rest, (came, [expected, unsent]) => {
        expect(counted(came, expected, unsent)).toEqual(naive(came, expected, unsent));
      }),
      { numRuns: 1_000 },
    );
  });

  it('keeps counting where every other number is missing for ever, and remembers the last gaps', () => {
    const even = Array.from({ length: 10_000 }, (_, index) => index * 2);
    expect(counted(even)).toEqual({ lost: 9_999, duplicated: 0, outOfOrder: 0 });
    expect(counted([...even, 19_997])).toEqual({ lost: 9_998, duplicated: 0, outOfOrder: 1 });
    // Which of the first were missing is not known any more; that it comes too late is.
    expect(counted([...even, 3])).toEqual({ lost: 9_999, duplicated: 0, outOfOrder: 1 });
  });
});
