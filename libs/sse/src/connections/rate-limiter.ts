import { Inject, Injectable } from '@nestjs/common';
import { checkShape } from '../options/check-options.js';
import { rateSchema } from '../options/options-schema.js';
import { type RateSettings, rateWithDefaults, type SseRate } from '../options/rate-limit-options.js';
import { type ResolvedOptions } from '../options/resolved-options.js';
import { SSE_OPTIONS } from '../options/tokens.js';
import { SseError } from '../protocol/sse-error.js';
import { monotonicNow } from './monotonic.js';
import { TimerWheel } from './timer-wheel.js';
import { TokenLines } from './token-lines.js';

/**
 * Token buckets by key, for whatever an application wants to limit on this node. They are those that
 * {@link SseModuleOptions.rateLimit} limits streams by, and apart from them: what is taken here is taken from no stream.
 *
 * @example
 * constructor(private readonly limiter: RateLimiter) {}
 * @Post('messages')
 * async post(@Body() message: Message, @User() user: User) {
 *   const limit = { messagesPerSecond: 1, burst: 5 };
 *   if (!this.limiter.tryAcquire(`post:${user.id}`, 1, limit)) throw new HttpException('Not so fast.', 429);
 * }
 */
@Injectable()
export class RateLimiter {
  private readonly lines: TokenLines;
  private readonly configured: RateSettings | null;
  /** Limits that were checked: an application hands in the same object over and over. */
  private readonly checked = new WeakMap<SseRate, RateSettings>();

  /** @internal */
  constructor(@Inject(SSE_OPTIONS) { rateLimit }: ResolvedOptions, wheel: TimerWheel) {
    this.lines = new TokenLines(wheel);
    this.configured = rateLimit;
  }

  /**
   * Takes tokens from the bucket of a key, if there are as many. A bucket is full at first, and kept until it is full again.
   *
   * @param cost tokens; default 1
   * @param limit default: `rateLimit` of the module. It may change from call to call: what was taken stays taken
   * @returns whether they were there
   * @throws SseError `SSE_NO_RATE_LIMIT` if there is no limit, neither given nor configured; `SSE_RATE_COST` if the bucket
   * could never hold so many tokens
   * @throws SseOptionsError if the limit is wrong
   */
  tryAcquire(key: string, cost = 1, limit?: SseRate): boolean {
    const rate = this.rateOf(limit);
    if (!(cost >= 0 && cost <= rate.burst)) throw wrongCost(key, cost, rate);
    const now = monotonicNow();
    const { bucket } = this.lines.get(key) ?? this.lines.add(key, rate);
    bucket.setRate(rate, now);
    return bucket.tryTake(now, cost);
  }

  /** Milliseconds until the bucket of a key has a token; 0 if it has one, as a key has that was never used. */
  delay(key: string): number {
    return this.lines.get(key)?.bucket.wait(monotonicNow()) ?? 0;
  }

  private rateOf(limit: SseRate | undefined): RateSettings {
    if (!limit) {
      if (this.configured) return this.configured;
      throw new SseError(
        'SSE_NO_RATE_LIMIT',
        'There is no limit to go by: hand one to tryAcquire(), or set the option rateLimit of the module.',
      );
    }
    let rate = this.checked.get(limit);
    if (!rate) {
      checkShape(rateSchema, limit, 'limit of RateLimiter: ');
      this.checked.set(limit, (rate = rateWithDefaults(limit)));
    }
    return rate;
  }
}

function wrongCost(key: string, cost: number, { burst }: RateSettings): SseError {
  return new SseError(
    'SSE_RATE_COST',
    `The cost of ${cost} for the key ${JSON.stringify(key)} can't be paid by a bucket of ${burst}: use a number from 0 to ${burst}, or a larger burst.`,
  );
}
