import { type ThresholdSettings } from '../options/monitoring-options.js';
import { isHigher, type PressureLevel } from './pressure-level.js';

/** A level has been left when the quantity is below this part of its threshold … */
const WAY_BACK = 0.9;
/** … at so many looks in a row. */
const CALM_LOOKS = 2;

/**
 * The level of one quantity. Up at once, down with hysteresis: what swings around a threshold must not switch measures on
 * and off all the time.
 */
export class ThresholdWatch {
  level: PressureLevel = 'normal';
  private calmLooks = 0;

  constructor(readonly threshold: ThresholdSettings) {}

  /** Returns whether the level has changed. */
  look(value: number): boolean {
    const before = this.level;
    const risen = this.levelOf(value, 1);
    const fallen = this.levelOf(value, WAY_BACK);
    if (isHigher(risen, before)) this.level = risen;
    else if (!isHigher(before, fallen)) this.calmLooks = 0;
    else if (++this.calmLooks >= CALM_LOOKS) this.level = fallen;
    if (this.level === before) return false;
    this.calmLooks = 0;
    return true;
  }

  private levelOf(value: number, part: number): PressureLevel {
    if (!this.threshold) return 'normal';
    const { elevated, critical } = this.threshold;
    if (value >= critical * part) return 'critical';
    return value >= elevated * part ? 'elevated' : 'normal';
  }
}
