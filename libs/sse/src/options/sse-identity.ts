/** Whose stream it is. What `identify` returns; by default it is read from `request.user`. */
export interface SseIdentity {
  /** The user, as `toUser()`, the limits per user and presence know him. */
  userId: string;
  /** What he may: `toPermission()` reaches those who hold a permission. */
  permissions: readonly string[];
  /** When his token ends, and with it his streams; he may come back with a newer one. Default: never. */
  expiresAt?: Date;
  /** When his token was issued. One from before `SseBroadcaster.disconnect({ user })` opens no stream any more. */
  issuedAt?: Date;
  /** The id of his token (`jti`), by which it alone can be disconnected. */
  tokenId?: string;
  /** The application's own user object, for `channels.authorize` and the hooks. */
  user?: unknown;
}

/** An identity that came as JSON from another node, with its dates. */
export function identityFromJson(identity: SseIdentity): SseIdentity {
  const { expiresAt, issuedAt } = identity;
  return {
    ...identity,
    ...(expiresAt && { expiresAt: new Date(expiresAt) }),
    ...(issuedAt && { issuedAt: new Date(issuedAt) }),
  };
}
