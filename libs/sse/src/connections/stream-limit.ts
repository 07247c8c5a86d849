import { type RateLimitSettings } from '../options/rate-limit-options.js';
import { type TimerWheel } from './timer-wheel.js';
import { TokenLine } from './token-line.js';
import { TokenLines } from './token-lines.js';

/** The limit on what the streams of some routes are sent, with its buckets. */
export class StreamLimit {
  private readonly users: TokenLines;

  constructor(
    private readonly settings: RateLimitSettings,
    private readonly wheel: TimerWheel,
  ) {
    this.users = new TokenLines(wheel);
  }

  get onLimit(): RateLimitSettings['onLimit'] {
    return this.settings.onLimit;
  }

  /** Where a stream gets its tokens; to be let go of with the same user. */
  hold(userId: string | undefined): TokenLine {
    return this.isShared(userId) ? this.users.hold(userId, this.settings) : new TokenLine(this.settings, this.wheel);
  }

  release(userId: string | undefined): void {
    if (this.isShared(userId)) this.users.release(userId);
  }

  private isShared(userId: string | undefined): userId is string {
    return userId !== undefined && this.settings.per === 'user';
  }
}
