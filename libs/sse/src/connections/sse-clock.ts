import { Injectable } from '@nestjs/common';
import { skipTime } from '../backplane/in-process-clock.js';
import { SseError } from '../protocol/sse-error.js';
import { IdleSweep } from './idle-sweep.js';
import { monotonicNow } from './monotonic.js';
import { TimerWheel } from './timer-wheel.js';

/**
 * The clock by which the module measures intervals: heartbeats, ages, idle time-outs, rates, times to live. It is monotonic,
 * and tells nothing about the time of day. A lever for tests, which let it go faster by `advanceTime()` of
 * `nestjs-event-stream/testing`.
 *
 * @example
 * const start = clock.now();
 * await clock.skip(1_000);
 * clock.now() - start; // 1,000, and what has really passed
 */
@Injectable()
export class SseClock {
  /** @internal */
  constructor(
    private readonly wheel: TimerWheel,
    private readonly sweep: IdleSweep,
  ) {}

  /** Milliseconds since some time before the process began. */
  now(): number {
    return monotonicNow();
  }

  /** Milliseconds until something of this module is due; `Infinity` if nothing waits. */
  untilNext(): number {
    return Math.max(0, this.wheel.nextTurn - monotonicNow());
  }

  /**
   * Lets so many milliseconds pass at once, for everything in this process, and does what is due by then in this module:
   * once, as after a pause of the process. Resolves when it is done. Only for tests.
   *
   * @throws SseError if it is no whole number of 0 or more
   */
  async skip(milliseconds: number): Promise<void> {
    if (!Number.isSafeInteger(milliseconds) || milliseconds < 0)
      throw new SseError('SSE_ARGUMENT', `skip(${milliseconds}): use a whole number of milliseconds, 0 or more.`);
    skipTime(milliseconds);
    this.wheel.turn();
    await this.sweep.underWay;
  }
}
