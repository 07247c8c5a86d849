import { skipped } from '../backplane/in-process-clock.js';

/**
 * Milliseconds of a clock that never jumps back, for every interval. Whole ones: a small integer is stored in its field, while
 * a fraction takes a box of its own on the heap, for each connection and time.
 */
export function monotonicNow(): number {
  return Math.floor(performance.now()) + skipped;
}
