/** The audiences whose events a stream takes. */
export interface Audiences {
  /** What is sent to everyone: `SseBroadcaster.broadcast()`. */
  readonly all?: boolean;
  /** What is sent to its user: `toUser()`. */
  readonly user?: boolean;
  /** What is sent to those who hold one of its permissions: `toPermission()`. */
  readonly permissions?: boolean;
}

export const NO_AUDIENCES: Audiences = {};
