import { BoundedMap } from './bounded-map.js';

/** How long a key is known, in milliseconds. */
const LIFETIME = 3_600_000;
/** So many at most: beyond it the oldest are forgotten before their time. */
const MAX_KEYS = 100_000;

interface KnownKey {
  /** The id that was given; none for an ephemeral message. */
  readonly id: string | undefined;
  readonly endsAt: number;
}

/** Which publishes have been done already, so that repeating one whose outcome is not known does not double it. */
export class IdempotencyKeys {
  private readonly keys = new BoundedMap<KnownKey>(MAX_KEYS);

  find(key: string, now: number): KnownKey | undefined {
    const known = this.keys.get(key);
    return known && known.endsAt > now ? known : undefined;
  }

  add(key: string, id: string | undefined, now: number): void {
    this.keys.set(key, { id, endsAt: now + LIFETIME });
  }

  get size(): number {
    return this.keys.size;
  }

  /** Lets go of keys whose hour is over. Returns whether any are left. */
  expire(now: number): boolean {
    this.keys.deleteIf(({ endsAt }) => endsAt <= now);
    return this.size > 0;
  }
}
