import { describe, expect, it } from '@jest/globals';
import { Frame } from '../../protocol/frame.js';
import { type ChannelRun } from './channel-run.js';
import { WindowBudget } from './window-budget.js';

describe('WindowBudget', () => {
  const frame = (bytes: number) => new Frame('x'.repeat(bytes));
  /** What of the last 100 bytes can still be had. */
  const reach = (run: ChannelRun) => {
    const next = frame(1);
    run.append(next);
    return run.before(next.offset, 100)?.length;
  };

  it('has the channel give way that was quiet for longest', () => {
    const budget = new WindowBudget(1_000);
    const [one, two, three] = [budget.newRun(), budget.newRun(), budget.newRun()];
    for (const run of [one, two, three]) run.append(frame(300));
    one.append(frame(50));
    three.append(frame(100));

    expect([reach(one), reach(two), reach(three)]).toEqual([100, undefined, 100]);
  });

  it('counts what a channel lets go of, and nothing of one that is over', () => {
    const budget = new WindowBudget(40_000);
    const [busy, quiet] = [budget.newRun(), budget.newRun()];
    quiet.append(frame(200));
    for (let n = 0; n < 1_000; n++) busy.append(frame(1_000));
    for (let n = 0; n < 1_000; n++) {
      const run = budget.newRun();
      run.append(frame(1_000));
      run.forget();
    }

    expect([reach(quiet), reach(busy)]).toEqual([100, 100]);
  });

  it('lets one event be larger than all of it', () => {
    const budget = new WindowBudget(1_000);
    const run = budget.newRun();
    run.append(frame(5_000));
    run.append(frame(10));

    expect(reach(run)).toBe(undefined);
  });
});
