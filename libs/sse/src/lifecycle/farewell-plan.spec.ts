import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type FarewellPlan, type FarewellRules, planFarewells } from './farewell-plan.js';

const RULES: FarewellRules = { timeout: 10_000, reconnectSpread: 5_000, maxReconnectsPerSecond: null, retry: 3_000 };

const clients = fc.integer({ min: 0, max: 3_000 });
const limit = fc.integer({ min: 1, max: 2_000 });
const time = fc.integer({ min: 0, max: 60_000 });
const limited = fc.record({ timeout: time, reconnectSpread: time, maxReconnectsPerSecond: limit, retry: time });
const rules = fc.record({
  timeout: time,
  reconnectSpread: time,
  maxReconnectsPerSecond: fc.option(limit),
  retry: time,
});
/** A die of its own for each run, so that a failure can be played again. */
const seed = fc.integer({ min: 1, max: 2_147_483_646 });

describe('planFarewells', () => {
  it('gives everyone a farewell, and a time to come back', () => {
    fc.assert(
      fc.property(clients, rules, (count, given) => {
        expect(returnsOf(planFarewells(count, given))).toHaveLength(count);
      }),
    );
  });

  it('lets no more come back in a second than may, wherever the second begins', () => {
    fc.assert(
      fc.property(clients, limited, seed, (count, given, start) => {
        const returns = returnsOf(planFarewells(count, given, dice(start))).sort((a, b) => a - b);
        expect(most(returns, 1_000)).toBeLessThanOrEqual(given.maxReconnectsPerSecond);
      }),
    );
  });

  it('spreads them evenly: a tenth of the span has about a tenth of them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 3_000 }), rules, seed, (count, given, start) => {
        fc.pre(given.reconnectSpread >= 1_000);
        const { span, waves } = planFarewells(count, given, dice(start));
        const sorted = waves.flatMap(({ returns }) => returns).map((at) => at - given.retry);
        for (let part = 0; part < 10; part++) {
          const inPart = sorted.filter((at) => at >= (part * span) / 10 && at < ((part + 1) * span) / 10);
          // One slot more or less at either end, and what rounding a block up to whole milliseconds shifts.
          expect(Math.abs(inPart.length - count / 10)).toBeLessThanOrEqual(3 + count / 100);
        }
      }),
    );
  });

  it('takes the spread, or longer where there are too many for it', () => {
    expect(planFarewells(2_000, RULES).span).toBe(5_000);
    expect(planFarewells(2_000, { ...RULES, maxReconnectsPerSecond: 1_000 }).span).toBe(5_000);
    expect(planFarewells(2_000, { ...RULES, maxReconnectsPerSecond: 100 }).span).toBe(20_000);
  });

  it('sends nobody away for less than connections.retry', () => {
    fc.assert(
      fc.property(clients, rules, (count, given) => {
        const { waves } = planFarewells(count, given);
        const shortest = Math.min(...waves.flatMap(({ at, returns }) => returns.map((returnAt) => returnAt - at)));
        expect(shortest).toBeGreaterThanOrEqual(given.retry);
      }),
    );
  });

  it('says all farewells at once where there is no limit', () => {
    expect(planFarewells(2_000, RULES).waves.map(({ at }) => at)).toEqual([0]);
  });

  it('says them at the rate where there is one, as far as half of the timeout goes', () => {
    fc.assert(
      fc.property(clients, limited, (count, given) => {
        const { waves } = planFarewells(count, given);
        const half = given.timeout / 2;
        const enough = (count / given.maxReconnectsPerSecond) * 1_000 <= half;
        expect(waves.filter(({ at }) => at % 100 !== 0 || at > half)).toEqual([]);
        const largest = Math.max(0, ...waves.map(({ returns }) => returns.length));
        if (enough) expect(largest).toBeLessThanOrEqual(given.maxReconnectsPerSecond / 10 + 1);
      }),
    );
  });

  it('does not keep a few waiting that may all come in one second', () => {
    expect(planFarewells(20, { ...RULES, maxReconnectsPerSecond: 400 }).waves).toHaveLength(1);
  });

  it('does without time', () => {
    const none = { timeout: 0, reconnectSpread: 0, maxReconnectsPerSecond: null, retry: 0 };
    expect(planFarewells(3, none)).toEqual({ span: 0, waves: [{ at: 0, returns: [0, 0, 0] }] });
  });
});

function returnsOf({ waves }: FarewellPlan): number[] {
  return waves.flatMap(({ returns }) => returns);
}

/** The most within any half-open window of this length. */
function most(sorted: readonly number[], length: number): number {
  let highest = 0;
  for (let from = 0, to = 0; to < sorted.length; to++) {
    while ((sorted[to] ?? 0) - (sorted[from] ?? 0) >= length) from++;
    highest = Math.max(highest, to - from + 1);
  }
  return highest;
}

/** The generator of Park and Miller. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
