import { type RateSettings } from '../options/rate-limit-options.js';

/** Sums of fractions of milliseconds: two that should be equal differ by less. */
const ROUNDING = 1e-6;

/**
 * A bucket of tokens: full at first, filled at a rate, and never above its burst. It has no timer: it is one number, the
 * time at which it is full again, and whoever asks brings the time, of a monotonic clock.
 *
 * This is the form known as the generic cell rate algorithm (ITU-T I.371, "virtual scheduling").
 */
export class TokenBucket {
  private fullAt = -Infinity;

  constructor(private rate: RateSettings) {}

  /** Takes tokens if there are as many. */
  tryTake(now: number, count = 1): boolean {
    if (this.wait(now, count) > 0) return false;
    this.take(now, count);
    return true;
  }

  /** Takes tokens whether there are any or not: those that come are then owed first. */
  take(now: number, count = 1): void {
    this.fullAt = Math.max(this.fullAt, now) + count * this.interval;
  }

  /** The tokens that there are; below 0 where it is overdrawn. */
  available(now: number): number {
    return this.rate.burst - this.missing(now);
  }

  /** Milliseconds until there are so many tokens, rounded up; 0 if there are. */
  wait(now: number, count = 1): number {
    return Math.max(0, Math.ceil((count - this.available(now)) * this.interval - ROUNDING));
  }

  /** It is as good as new. */
  isFull(now: number): boolean {
    return this.fullAt <= now;
  }

  /** Goes on at another rate; what is missing stays missing. */
  setRate(rate: RateSettings, now: number): void {
    if (rate === this.rate) return;
    const missing = this.missing(now);
    this.rate = rate;
    this.fullAt = now + missing * this.interval;
  }

  private missing(now: number): number {
    return Math.max(0, this.fullAt - now) / this.interval;
  }

  private get interval(): number {
    return 1_000 / this.rate.messagesPerSecond;
  }
}
