import { createHmac, timingSafeEqual } from 'node:crypto';
import { type ChatUser, makeUser, userOf } from './chat-user.js';

export const SESSION_MAX_AGE = 7 * 24 * 60 * 60 * 1000;

/** Sessions are in the browser, signed, and nowhere else: any node that has the secret knows who somebody is. */
export class SessionSigner {
  constructor(private readonly secret: string) {}

  /** The same person for the same name in the same browser; nobody else can become it. */
  userFor(name: string, browser: string): ChatUser {
    return makeUser(name, this.mac('user', `${browser} ${name}`).slice(0, 16));
  }

  /** For a cookie: who it is, until when, and the signature of both. */
  sign({ userId }: ChatUser): string {
    const claim = `${Buffer.from(userId).toString('base64url')}.${Date.now() + SESSION_MAX_AGE}`;
    return `${claim}.${this.mac('session', claim)}`;
  }

  /** Nobody, if it was not signed here or is too old. */
  read(session: string | undefined): ChatUser | undefined {
    const [, claim, id, end, signature] = /^(([\w-]+)\.(\d+))\.([\w-]+)$/.exec(session ?? '') ?? [];
    if (claim === undefined || id === undefined || signature === undefined) return undefined;
    if (Number(end) <= Date.now() || !isEqual(signature, this.mac('session', claim))) return undefined;
    return userOf(Buffer.from(id, 'base64url').toString());
  }

  private mac(purpose: string, text: string): string {
    return createHmac('sha256', this.secret).update(`${purpose} ${text}`).digest('base64url');
  }
}

function isEqual(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
