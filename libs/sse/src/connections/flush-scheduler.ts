import { type SseBatchingOptions } from '../options/sse-module-options.js';
import { monotonicNow } from './monotonic.js';

/** So many flushes are one moment: to read the clock for each costs a hundredth of them. */
const SAME_TIME = 32;

/** What is flushed when the tick ends. */
export interface Flushable {
  flush(now: number): void;
}

/**
 * Collects who has something to send, and has them all send at the end of the tick: what falls into one tick leaves in
 * one write, and a broadcast schedules one callback however many receive it. With a window they send at its end; the first
 * who has something opens it for all, so that they go on to share what they write.
 */
export class FlushScheduler {
  /** Milliseconds for which events are collected, beyond the tick, where the option asks for less. A lever. */
  window = 0;
  /** With so many events waiting an outbox leaves the window. */
  readonly maxEvents: number;
  private readonly maxDelay: number;
  /** Two lists that take turns, and are never shrunk: a list that is emptied and filled again is allocated again. */
  private waiting: (Flushable | undefined)[] = [];
  private spare: (Flushable | undefined)[] = [];
  private count = 0;
  private scheduled = false;
  private timer: NodeJS.Timeout | undefined;
  private readonly hasty = new Set<Flushable>();
  private readonly tickEnds: (() => void)[] = [];

  constructor({ maxDelay = 0, maxEvents = Infinity }: SseBatchingOptions = {}) {
    this.maxDelay = maxDelay;
    // Where only the lever collects events, it is to spare writes, however many they are.
    this.maxEvents = maxDelay > 0 ? maxEvents : Infinity;
  }

  schedule(flushable: Flushable): void {
    this.waiting[this.count++] = flushable;
    this.wake();
  }

  /** Has one of those that are scheduled send at the end of the tick, and not of the window. */
  hasten(flushable: Flushable): void {
    if (this.delay === 0) return;
    this.hasty.add(flushable);
    this.wake();
  }

  /** Calls back once, when this tick has ended. */
  atTickEnd(callback: () => void): void {
    this.tickEnds.push(callback);
    this.wake();
  }

  private get delay(): number {
    return Math.max(this.maxDelay, this.window);
  }

  private wake(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(this.endTick);
  }

  private readonly endTick = () => {
    this.scheduled = false;
    const { delay } = this;
    if (delay === 0) this.flushAll();
    else if (this.count > 0) this.timer ??= setTimeout(this.flushAll, delay).unref();
    if (this.hasty.size > 0) this.flushHasty();
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

  /** They stay in the list of the window, whose end finds nothing with them. */
  private flushHasty(): void {
    const hasty = [...this.hasty];
    this.hasty.clear();
    const now = monotonicNow();
    for (const flushable of hasty) flushable.flush(now);
  }
}
