import { describe, expect, it } from '@jest/globals';
import { ThresholdWatch } from './threshold-watch.js';

const THRESHOLD = { elevated: 50, critical: 80 };

describe('ThresholdWatch', () => {
  const levels = (...values: number[]) => {
    const watch = new ThresholdWatch(THRESHOLD);
    return values.map((value) => {
      watch.look(value);
      return watch.level;
    });
  };

  it('goes up at the first look, over both thresholds if need be', () => {
    expect(levels(49, 50, 79, 80)).toEqual(['normal', 'elevated', 'elevated', 'critical']);
    expect(levels(100)).toEqual(['critical']);
  });

  it('goes down a tenth below the threshold, at the second look', () => {
    expect(levels(80, 73, 73, 71, 71)).toEqual(['critical', 'critical', 'critical', 'critical', 'elevated']);
    expect(levels(50, 46, 46, 44, 44)).toEqual(['elevated', 'elevated', 'elevated', 'elevated', 'normal']);
    expect(levels(100, 0, 0)).toEqual(['critical', 'critical', 'normal']);
  });

  it('does not swing with what swings around a threshold', () => {
    expect(new Set(levels(51, 49, 51, 44, 51, 44, 46, 44, 51))).toEqual(new Set(['elevated']));
  });

  it('says of each look whether the level has changed', () => {
    const watch = new ThresholdWatch(THRESHOLD);

    expect([60, 60, 90, 0, 0, 0].map((value) => watch.look(value))).toEqual([true, false, true, false, true, false]);
  });

  it('is always normal where it is switched off', () => {
    const watch = new ThresholdWatch(null);

    expect([watch.look(1e9), watch.level]).toEqual([false, 'normal']);
  });
});
