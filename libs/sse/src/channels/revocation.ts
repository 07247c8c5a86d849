import { type SseIdentity } from '../options/sse-identity.js';

/** A decision that somebody may not come back: the key of its record, what it holds, and until when it counts. */
export interface Revocation {
  readonly key: string;
  /** Of a user: the time by the wall clock, which the times in tokens are by. */
  readonly value: string;
  readonly endsAt: number;
}

export function tokenKey(tokenId: string): string {
  return `revoked.token.${tokenId}`;
}

export function userKey(userId: string): string {
  return `revoked.user.${userId}`;
}

/**
 * Whether a user's revocation counts for this identity. A token that has an end and does not say when it was issued may be
 * from before; what is no token, such as a session of the application's own, is the application's affair.
 */
export function isIssuedBefore({ issuedAt, expiresAt, tokenId }: SseIdentity, revokedAt: number): boolean {
  if (issuedAt) return issuedAt.getTime() < revokedAt;
  return expiresAt !== undefined || tokenId !== undefined;
}
