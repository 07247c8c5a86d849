import { monotonicNow } from './monotonic.js';

/** So many flushes are one moment: to read the clock for each costs a hundredth of them. */
const SAME_TIME = 32;

/** What is flushed when the tick ends. */
export interface Flushable {
  flush(now: number): void;
}

/**
 * Collects who has something to send, and has them all send at the end of the tick: what falls into one tick leaves in
 * one write, and a broadcast schedules one callback however many receive it.
 */
export class FlushScheduler {
  /** Milliseconds for which events are collected, beyond the tick; 0 for no longer. A lever: fewer writes, later. */
  window = 0;
  /** Two lists that take turns, and are never shrunk: a list that is emptied and filled again is allocated again. */
  private waiting: (Flushable | undefined)[] = [];
  private spare: (Flushable | undefined)[] = [];
  private count = 0;
  private scheduled = false;
  private timer: NodeJS.Timeout | undefined;
  private readonly tickEnds: (() => void)[] = [];

  schedule(flushable: Flushable): void {
    this.waiting[this.count++] = flushable;
    this.wake();
  }

  /** Calls back once, when this tick has ended. */
  atTickEnd(callback: () => void): void {
    this.tickEnds.push(callback);
    this.wake();
  }

  private wake(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(this.endTick);
  }

  private readonly endTick = () => {
    this.scheduled = false;
    if (this.window === 0) this.flushAll();
    else if (this.count > 0) this.timer ??= setTimeout(this.flushAll, this.window).unref();
    for (const tickEnd of this.tickEnds.splice(0)) tickEnd();
  };

  private readonly flushAll = () => {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { waiting, count } = this;
    this.waiting = this.spare;
    this.spare = waiting;
    this.count = 0;
    let now = monotonicNow();
    for (let index = 0; index < count; index++) {
      // A flush of thousands takes long enough to be seen in the latency of the last ones.
      if (index % SAME_TIME === SAME_TIME - 1) now = monotonicNow();
      waiting[index]?.flush(now);
      waiting[index] = undefined;
    }
  };
}
