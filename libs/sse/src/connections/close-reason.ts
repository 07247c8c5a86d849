/**
 * Why a connection ended:
 *
 * - `client`: it closed the connection · `error`: its socket, or the source of its stream, failed
 * - `completed`: the source ended · `idle`: nothing reached it for `idleTimeout` · `max-age`: it was open for `maxAge`
 * - `expired`: its token ended · `revoked`: its token was revoked · `replaced`: by a newer one of the same user
 * - `kicked`: by the application · `slow`: it could not keep up · `overflow`: its queue was full and the policy said so
 * - `shutdown`: the application closes
 */
export type CloseReason =
  | 'client'
  | 'error'
  | 'completed'
  | 'idle'
  | 'max-age'
  | 'expired'
  | 'revoked'
  | 'replaced'
  | 'kicked'
  | 'slow'
  | 'overflow'
  | 'shutdown';

/** No connection has ended yet, for any reason. */
export function noClosures(): Record<CloseReason, number> {
  return {
    client: 0,
    error: 0,
    completed: 0,
    idle: 0,
    'max-age': 0,
    expired: 0,
    revoked: 0,
    replaced: 0,
    kicked: 0,
    slow: 0,
    overflow: 0,
    shutdown: 0,
  };
}

/** The client is told not to come back. */
const FOR_GOOD: ReadonlySet<CloseReason> = new Set(['completed', 'revoked', 'replaced', 'kicked']);
/** The client is told when to come back. */
const FAREWELL: ReadonlySet<CloseReason> = new Set(['idle', 'max-age', 'expired', 'shutdown']);

export function isForGood(reason: CloseReason): boolean {
  return FOR_GOOD.has(reason);
}

export function hasFarewell(reason: CloseReason): boolean {
  return FAREWELL.has(reason);
}
