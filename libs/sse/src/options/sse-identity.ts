import { clientText } from '../protocol/client-text.js';
import { SseError } from '../protocol/sse-error.js';

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

/**
 * What an identity becomes by a change: a stream must not outlive its token, nor slip from its revocation, since the change
 * does not speak of it.
 */
export function renewedIdentity(before: SseIdentity | undefined, changed: SseIdentity): SseIdentity {
  return {
    ...changed,
    expiresAt: changed.expiresAt ?? before?.expiresAt,
    issuedAt: changed.issuedAt ?? before?.issuedAt,
    tokenId: changed.tokenId ?? before?.tokenId,
  };
}

/**
 * For identities that the application makes: one that is none must not be taken for somebody.
 *
 * @throws SseError
 */
export function checkedIdentity(identity: SseIdentity): SseIdentity {
  const { userId, permissions, expiresAt, issuedAt } = identity;
  if (typeof userId !== 'string' || userId === '') throw wrong('userId', userId, 'use a text that is not empty');
  if (!Array.isArray(permissions) || !permissions.every((name) => typeof name === 'string')) {
    throw wrong('permissions', permissions, 'use a list of texts');
  }
  for (const [name, date] of Object.entries({ expiresAt, issuedAt })) {
    const isDate = date instanceof Date && Number.isFinite(date.getTime());
    if (date !== undefined && !isDate) throw wrong(name, date, 'use a Date');
  }
  return identity;
}

function wrong(field: string, value: unknown, mend: string): SseError {
  const shown = typeof value === 'string' || typeof value === 'number' ? String(value) : typeof value;
  return new SseError('SSE_IDENTITY', `The ${field} of an identity is ${clientText(shown)}: ${mend}.`);
}
