import { type RateSettings } from '../options/rate-limit-options.js';
import { monotonicNow } from './monotonic.js';
import { type TimerWheel, WheelEntry } from './timer-wheel.js';
import { TokenBucket } from './token-bucket.js';

/** Milliseconds after which it is looked again, where the next token is far away. */
const LONGEST_WAIT = 3_600_000;

/** Who waits for tokens. */
export interface TokenWaiter {
  /** There are tokens: so many are his to take. If he needs more, he waits anew. */
  takeTurn(now: number, tokens: number): void;
}

/**
 * A bucket, and those who wait in line for its tokens. Those who share it, such as the tabs of one user, take turns: the
 * first of them would else have every token that comes.
 */
export class TokenLine extends WheelEntry {
  readonly bucket: TokenBucket;
  private waiting: Set<TokenWaiter> | undefined;

  constructor(
    rate: RateSettings,
    private readonly wheel: TimerWheel,
  ) {
    super();
    this.bucket = new TokenBucket(rate);
  }

  /** Somebody waits already: a token that is there is his. */
  get isBusy(): boolean {
    return this.waiting !== undefined && this.waiting.size > 0;
  }

  wait(waiter: TokenWaiter): void {
    (this.waiting ??= new Set()).add(waiter);
    if (!this.slot) this.wakeForNext(monotonicNow());
  }

  leave(waiter: TokenWaiter): void {
    this.waiting?.delete(waiter);
    if (!this.isBusy) this.wheel.cancel(this);
  }

  override run(): void {
    const now = monotonicNow();
    const waiters = [...(this.waiting ?? [])];
    const share = Math.max(1, Math.floor(this.bucket.available(now) / waiters.length));
    for (const waiter of waiters) {
      if (this.bucket.wait(now) > 0) break;
      // One that left since is not to be woken; one that waits anew is the last.
      if (this.waiting?.delete(waiter)) waiter.takeTurn(now, share);
    }
    if (this.isBusy) this.wakeForNext(now);
  }

  private wakeForNext(now: number): void {
    this.wheel.add(this, Math.min(this.bucket.wait(now), LONGEST_WAIT));
  }
}
