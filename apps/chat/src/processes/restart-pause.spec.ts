import { describe, expect, it } from '@jest/globals';
import { RestartPause } from './restart-pause.js';

describe('the pause before a process is followed by the next', () => {
  it('grows while they die young, to ten seconds at most', () => {
    const pause = new RestartPause();
    const pauses = Array.from({ length: 9 }, () => pause.after(5));
    expect(pauses).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]);
  });

  it('is short again after one that has lived for long', () => {
    const pause = new RestartPause();
    pause.after(5);
    pause.after(5);
    expect([pause.after(60_000), pause.after(5)]).toEqual([100, 200]);
  });
});
