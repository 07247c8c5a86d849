/** How much there may be in which time: a token bucket. */
export interface SseRate {
  /** So many in a second, in the long run; a number of 0.1 or more. */
  messagesPerSecond: number;
  /** So many at once after a pause. Default: `messagesPerSecond`, rounded up. */
  burst?: number;
}

/**
 * How many of the application's events are written in which time, see {@link SseModuleOptions.rateLimit}.
 *
 * @example
 * SseModule.forRoot({ rateLimit: { messagesPerSecond: 10, per: 'user', onLimit: 'conflate' } })
 */
export interface SseRateLimit extends SseRate {
  /**
   * Who shares a bucket: nobody, or all connections of a user on this node. A stream without a user has its own.
   * Default: `connection`.
   */
  per?: 'connection' | 'user';
  /**
   * What becomes of an event for which there is no token: it waits (`delay`), is left out (`drop`), or waits until a newer
   * one of its key comes, or of its type where it has no key (`conflate`). Default: `delay`.
   */
  onLimit?: 'delay' | 'drop' | 'conflate';
}

/** A limit with its defaults filled in. */
export type RateLimitSettings = Readonly<Required<SseRateLimit>>;

/** A rate with its default filled in. */
export type RateSettings = Readonly<Required<SseRate>>;

export function rateWithDefaults({ messagesPerSecond, burst }: SseRate): RateSettings {
  return { messagesPerSecond, burst: burst ?? Math.ceil(messagesPerSecond) };
}

export function rateLimitWithDefaults(limit: SseRateLimit | null = null): RateLimitSettings | null {
  if (!limit) return null;
  const { per = 'connection', onLimit = 'delay' } = limit;
  return { ...rateWithDefaults(limit), per, onLimit };
}
