import { type SseIdentity } from 'nestjs-event-stream';

/** What the token in the session cookie says, by the names that JWT has for it (RFC 7519). Times are in seconds. */
export interface Session {
  /** The id of the user. */
  sub: string;
  name: string;
  permissions: string[];
  /** The session. It stays when the token is renewed, so signing out ends every token of it. */
  jti: string;
  /** When he signed in. It stays, too: somebody who was kicked has no token that is newer than that. */
  iat: number;
  exp: number;
}

/** The same that the library reads from `request.user` when a stream opens. */
export function identityOf({ sub, permissions, jti, iat, exp }: Session): SseIdentity {
  const [issuedAt, expiresAt] = [iat, exp].map((seconds) => new Date(seconds * 1_000));
  return { userId: sub, permissions, tokenId: jti, issuedAt, expiresAt };
}
