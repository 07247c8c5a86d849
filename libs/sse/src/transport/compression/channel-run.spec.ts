import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Frame } from '../../protocol/frame.js';
import { WindowBudget } from './window-budget.js';

describe('ChannelRun', () => {
  it('gives back any part of the output, or nothing where some of it is gone', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 9_000 }), { minLength: 1, maxLength: 40 }),
        fc.nat(200_000),
        fc.nat(5_000),
        (sizes, at, length) => {
          const run = new WindowBudget().newRun();
          const frames = sizes.map((size, n) => new Frame(String.fromCharCode(97 + (n % 26)).repeat(size)));
          for (const frame of frames) run.append(frame);
          const output = frames.map(({ payload }) => payload.toString()).join('');
          const offset = at % (output.length + 1);

          const part = run.before(offset, length)?.toString();

          if (part !== undefined) expect(part).toBe(output.slice(offset - length, offset));
          else expect(offset - length < 0 || output.length - (offset - length) > 24_576).toBe(true);
        },
      ),
    );
  });

  it('keeps the last 24 KB at least, however the events are cut', () => {
    const run = new WindowBudget().newRun();
    const frames = Array.from({ length: 100 }, () => new Frame('x'.repeat(500)));
    for (const frame of frames) run.append(frame);

    expect(run.before(frames[80]!.offset, 8_192)).toHaveLength(8_192);
    expect(run.before(frames[50]!.offset, 8_192)).toBeUndefined();
  });
});
