import { type SseIdentity } from '../options/sse-identity.js';

/** A decision that somebody may not come back: the key of its record, what it holds, and until when it counts. */
export interface Revocation {
  readonly key: string;
  /** Of a user: the time by the wall clock, which the times in tokens are by. */
  readonly value: string;
  readonly endsAt: number;
}

/** Clocks of issuers and nodes differ by no more, in milliseconds. */
const CLOCK_SKEW = 60_000;

export function tokenKey(tokenId: string): string {
  return `revoked.token.${tokenId}`;
}

export function userKey(userId: string): string {
  return `revoked.user.${userId}`;
}

/** What has an end, a beginning or an id is a token's; anything else is a session of the application's own. */
export function isToken({ issuedAt, expiresAt, tokenId }: SseIdentity): boolean {
  return issuedAt !== undefined || expiresAt !== undefined || tokenId !== undefined;
}

/**
 * Whether a user's revocation counts for this identity. A token that has an end and does not say when it was issued may be
 * from before; what is no token, such as a session of the application's own, is the application's affair.
 */
export function isIssuedBefore(identity: SseIdentity, revokedAt: number): boolean {
  const { issuedAt } = identity;
  // A time to come says nothing, or such a token could never be revoked.
  if (issuedAt && issuedAt.getTime() <= Date.now() + CLOCK_SKEW) return issuedAt.getTime() <= revokedAt;
  return isToken(identity);
}
