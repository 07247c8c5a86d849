/** Whose stream it is. What `identify` returns; by default it is read from `request.user`. */
export interface SseIdentity {
  /** The user, as `toUser()`, the limits per user and presence know him. */
  userId: string;
  /** What he may: `toPermission()` reaches those who hold a permission. */
  permissions: readonly string[];
  /** When his token ends. For the application to read: this version does not end streams by it. */
  expiresAt?: Date;
  /** The id of his token (`jti`), by which it alone can be disconnected. */
  tokenId?: string;
  /** The application's own user object, for `channels.authorize` and the hooks. */
  user?: unknown;
}
