/**
 * Why a connection ended:
 *
 * - `client`: it closed the connection · `error`: its socket, or the source of its stream, failed
 * - `completed`: the source ended · `idle`: nothing reached it for `idleTimeout` · `max-age`: it was open for `maxAge`
 * - `expired`: its token ended · `revoked`: its token was revoked · `replaced`: by a newer one of the same user
 * - `kicked`: by the application · `slow`: it could not keep up · `overflow`: its queue was full and the policy said so
 * - `shutdown`: the application closes
 */
export type CloseReason = (typeof CLOSE_REASONS)[number];

export const CLOSE_REASONS = [
  'client',
  'error',
  'completed',
  'idle',
  'max-age',
  'expired',
  'revoked',
  'replaced',
  'kicked',
  'slow',
  'overflow',
  'shutdown',
] as const;

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
