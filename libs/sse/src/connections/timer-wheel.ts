import { contain } from './contain.js';
import { monotonicNow } from './monotonic.js';
/** Something to be done at a time. It may be cancelled until then, and put on the wheel again after. */
export abstract class WheelEntry {
  /** When, by the monotonic clock; kept by the wheel. */
  due = 0;
  /** Where it waits, if it does; kept by the wheel. */
  slot: Set<WheelEntry> | undefined;

  abstract run(): void;
}

const SLOTS = 1_024;
/** Milliseconds of one slot: the precision of everything on the wheel. */
const TICK = 20;
/** Entries that are run at once; the rest follow after the event loop has had its turn. 100 heartbeats take 1.7 ms. */
const SLICE = 100;

/**
 * One timer for everything that is due sometime: heartbeats and ages of all connections. Adding and cancelling cost the
 * same however many there are, and the process is woken only for slots that hold something.
 *
 * A hashed timing wheel: G. Varghese and A. Lauck, "Hashed and Hierarchical Timing Wheels", 1987, scheme 6.
 */
export class TimerWheel {
  private readonly slots = new Map<number, Set<WheelEntry>>();
  private size = 0;
  private timer: NodeJS.Timeout | undefined;
  private timerDue = Infinity;
  /** The tick up to which everything due was run. */
  private reached = 0;
  private isTurning = false;

  /** Runs the entry once, `delay` milliseconds from now or up to 20 ms later. */
  add(entry: WheelEntry, delay: number): void {
    this.cancel(entry);
    const now = monotonicNow();
    // While it turns, it is on its way already, though what it runs may have been the last entry.
    if (this.size === 0 && !this.isTurning) this.reached = Math.floor(now / TICK);
    entry.due = now + delay;
    const tick = this.tickOf(entry.due);
    const index = tick % SLOTS;
    let slot = this.slots.get(index);
    if (!slot) this.slots.set(index, (slot = new Set()));
    slot.add(entry);
    entry.slot = slot;
    this.size++;
    this.wakeAt(tick * TICK, now);
  }

  cancel(entry: WheelEntry): void {
    if (!entry.slot) return;
    entry.slot.delete(entry);
    entry.slot = undefined;
    this.size--;
    if (this.size === 0) this.sleep();
  }

  /** The first tick that begins when the entry is due: never early. */
  private tickOf(due: number): number {
    return Math.max(Math.ceil(due / TICK), this.reached + 1);
  }

  private wakeAt(due: number, now: number): void {
    if (due >= this.timerDue) return;
    clearTimeout(this.timer);
    this.timerDue = due;
    this.timer = setTimeout(this.wake, Math.max(1, Math.ceil(due - now))).unref();
  }

  private sleep(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.timerDue = Infinity;
    this.slots.clear();
  }

  /** Until when nothing has to be done, by the monotonic clock; `Infinity` if nothing waits. */
  get nextTurn(): number {
    return this.timerDue;
  }

  /** Does what is due by now. By itself it does so in time, unless a test has let time pass. */
  turn(): void {
    clearTimeout(this.timer);
    if (this.size > 0) this.wake();
  }

  private readonly wake = () => {
    this.timer = undefined;
    this.timerDue = Infinity;
    const now = monotonicNow();
    const target = Math.floor(now / TICK);
    let budget = SLICE;
    this.isTurning = true;
    // After a long pause (a stopped process) one turn of the wheel visits every slot there is.
    this.reached = Math.max(this.reached, target - SLOTS);
    while (this.reached < target && budget > 0) {
      budget = this.runSlot(this.reached + 1, now, budget);
      if (budget > 0) this.reached++;
    }
    this.isTurning = false;
    if (this.size === 0) this.sleep();
    else if (this.reached < target) this.wakeAt(now, now);
    else this.wakeForNextSlot(now);
  };

  private runSlot(tick: number, now: number, budget: number): number {
    const slot = this.slots.get(tick % SLOTS);
    if (!slot) return budget;
    for (const entry of slot) {
      if (entry.due > now) continue; // of a later turn of the wheel
      if (budget-- === 0) return 0;
      slot.delete(entry);
      entry.slot = undefined;
      this.size--;
      contain('Something due on the timer wheel', () => entry.run());
    }
    return Math.max(budget, 1);
  }

  private wakeForNextSlot(now: number): void {
    for (let tick = this.reached + 1; tick <= this.reached + SLOTS; tick++) {
      const slot = this.slots.get(tick % SLOTS);
      if (!slot) continue;
      if (slot.size > 0) {
        this.wakeAt(tick * TICK, now);
        return;
      }
      this.slots.delete(tick % SLOTS);
    }
  }
}
