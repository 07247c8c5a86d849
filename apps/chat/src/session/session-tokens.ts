import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { type ChatUser } from './chat-user.js';
import { type Session } from './session.js';
import { sessionLife } from './session-life.js';

/** A session and its token, for the cookie. */
export interface SignedSession {
  session: Session;
  token: string;
}

/** Sessions are in the browser, signed, and nowhere else: any node that has the secret knows who somebody is. */
@Injectable()
export class SessionTokens {
  private readonly life = sessionLife() / 1_000;

  constructor(private readonly jwt: JwtService) {}

  /** For somebody who signs in: when he did, if that was a while ago, and which session he goes on with, if he does. */
  begin(user: ChatUser, permissions: string[], known: Partial<Pick<Session, 'iat' | 'jti'>> = {}): SignedSession {
    const { iat = now(), jti = randomUUID() } = known;
    return this.sign({ sub: user.userId, name: user.name, permissions, jti, iat });
  }

  /** The same session for another while. */
  renew({ sub, name, permissions, jti, iat }: Session): SignedSession {
    return this.sign({ sub, name, permissions, jti, iat });
  }

  /** Whose session a browser had last, even if it is over by now. Nobody's, if it was not signed here. */
  read(token: string | undefined): Session | undefined {
    if (token === undefined) return undefined;
    try {
      return this.jwt.verify<Session>(token, { ignoreExpiration: true });
    } catch {
      return undefined;
    }
  }

  private sign(claims: Omit<Session, 'exp'>): SignedSession {
    const session = { ...claims, exp: now() + this.life };
    return { session, token: this.jwt.sign(session) };
  }
}

/** A NumericDate of RFC 7519. */
export function now(): number {
  return Date.now() / 1_000;
}
