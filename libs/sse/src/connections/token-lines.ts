import { type RateSettings } from '../options/rate-limit-options.js';
import { monotonicNow } from './monotonic.js';
import { type TimerWheel, WheelEntry } from './timer-wheel.js';
import { TokenLine } from './token-line.js';

/** Milliseconds from one sweep to the next, as long as there is something to sweep. */
const INTERVAL = 5_000;
/** Buckets that are looked at in one go; the rest follow after the event loop has had its turn. */
const SLICE = 2_000;

/** Who holds on to a line that has a key, and how many they are. */
interface HeldLine {
  readonly line: TokenLine;
  holders: number;
}

/**
 * Buckets by key. One that nobody holds is forgotten once it is full: a new one is the same. Those that are held are not
 * swept, so that the work does not grow with the streams that are open.
 */
export class TokenLines extends WheelEntry {
  private readonly held = new Map<string, HeldLine>();
  private readonly loose = new Map<string, TokenLine>();
  /** What the sweep that is under way has not looked at yet. */
  private unswept: Iterator<[string, TokenLine], undefined> | undefined;

  constructor(private readonly wheel: TimerWheel) {
    super();
  }

  get(key: string): TokenLine | undefined {
    return this.held.get(key)?.line ?? this.loose.get(key);
  }

  /** A new one, for the moment. */
  add(key: string, rate: RateSettings): TokenLine {
    const line = new TokenLine(rate, this.wheel);
    this.keep(key, line);
    return line;
  }

  /** The same for all who hold it at once, until each has let go of it. */
  hold(key: string, rate: RateSettings): TokenLine {
    let held = this.held.get(key);
    if (!held) {
      held = { line: this.loose.get(key) ?? new TokenLine(rate, this.wheel), holders: 0 };
      this.loose.delete(key);
      this.held.set(key, held);
    }
    held.holders++;
    return held.line;
  }

  release(key: string): void {
    const held = this.held.get(key);
    if (!held || --held.holders > 0) return;
    this.held.delete(key);
    // Who comes back at once, as after a cut, is not to have a new bucket.
    if (!held.line.bucket.isFull(monotonicNow())) this.keep(key, held.line);
  }

  override run(): void {
    const now = monotonicNow();
    const unswept = (this.unswept ??= this.loose.entries());
    for (let looked = 0; this.unswept && looked < SLICE; looked++) {
      const { done, value } = unswept.next();
      if (done) this.unswept = undefined;
      else if (value[1].bucket.isFull(now)) this.loose.delete(value[0]);
    }
    if (this.unswept) this.wheel.add(this, 0);
    else if (this.loose.size > 0) this.wheel.add(this, INTERVAL);
  }

  private keep(key: string, line: TokenLine): void {
    this.loose.set(key, line);
    if (!this.slot) this.wheel.add(this, INTERVAL);
  }
}
