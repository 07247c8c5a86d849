import { monotonicNow } from './monotonic.js';
/** What is flushed when the tick ends. */
export interface Flushable {
  flush(now: number): void;
}

/**
 * Collects who has something to send, and has them all send at the end of the tick: what falls into one tick leaves in
 * one write, and a broadcast schedules one callback however many receive it.
 */
export class FlushScheduler {
  /** Two lists that take turns, and are never shrunk: a list that is emptied and filled again is allocated again. */
  private waiting: (Flushable | undefined)[] = [];
  private spare: (Flushable | undefined)[] = [];
  private count = 0;
  private scheduled = false;
  private readonly tickEnds: (() => void)[] = [];

  schedule(flushable: Flushable): void {
    this.waiting[this.count++] = flushable;
    this.wake();
  }

  /** Calls back once, after the flush of this tick. */
  atTickEnd(callback: () => void): void {
    this.tickEnds.push(callback);
    this.wake();
  }

  private wake(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(this.flushAll);
  }

  private readonly flushAll = () => {
    const { waiting, count } = this;
    this.waiting = this.spare;
    this.spare = waiting;
    this.count = 0;
    this.scheduled = false;
    const now = monotonicNow();
    for (let index = 0; index < count; index++) {
      waiting[index]?.flush(now);
      waiting[index] = undefined;
    }
    for (const tickEnd of this.tickEnds.splice(0)) tickEnd();
  };
}
