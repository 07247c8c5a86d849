import { setTimeout as delay } from 'node:timers/promises';

const TICK = 10;

/**
 * The time of a schedule. It passes while somebody is there to be befallen, so that a busy machine, on which nodes take
 * long to start, does not make of a full seed an empty one.
 */
export class Timeline {
  private passed = 0;

  constructor(private readonly passes: () => boolean) {}

  /** Resolves when so many milliseconds have passed. */
  async reach(milliseconds: number): Promise<void> {
    while (this.passed < milliseconds) {
      const before = performance.now();
      await delay(Math.min(TICK, milliseconds - this.passed));
      if (this.passes()) this.passed += performance.now() - before;
    }
  }
}
