import { describe, expect, it } from '@jest/globals';
import { CounterWindow } from './counter-window.js';

describe('CounterWindow', () => {
  it('tells what has come to a counter over the last ten seconds, and no longer', () => {
    const window = new CounterWindow();
    for (let second = 0; second <= 60; second++) window.mark(Float64Array.of(second * 5, second), second * 1_000);

    const { seconds, grown } = window.since(Float64Array.of(302, 60), 60_400);

    expect(seconds).toBe(10.4);
    expect([...grown]).toEqual([52, 10]);
  });

  it('tells what has come since the start where that is not so long ago', () => {
    const window = new CounterWindow();
    window.mark(Float64Array.of(7), 1_000);

    const { seconds, grown } = window.since(Float64Array.of(9), 3_000);

    expect([seconds, grown[0]]).toEqual([2, 2]);
  });

  it('knows of nothing before its first mark', () => {
    expect(new CounterWindow().since(Float64Array.of(9), 3_000)).toEqual({ seconds: 0, grown: Float64Array.of(0) });
  });
});
