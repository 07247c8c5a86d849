import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { JwtService } from '@nestjs/jwt';
import { ADMIN, READ } from './permissions.js';
import { identityOf } from './session.js';
import { sessionLife } from './session-life.js';
import { issuing } from './session-jwt.js';
import { SessionTokens } from './session-tokens.js';

const ADA = { userId: 'Ada#aaaaaaaaaaaaaaaa', name: 'Ada' };
const HOUR = 60 * 60 * 1_000;

describe('the token of a session', () => {
  let tokens: SessionTokens;

  beforeEach(() => {
    jest.useFakeTimers({ now: 1_800_000_000_000 });
    process.env.SESSION_SECRET = 'a secret that is long enough for a token';
    tokens = new SessionTokens(new JwtService(issuing()));
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('tells on every node who somebody is, what he may and for how long', () => {
    const { session, token } = tokens.begin(ADA, [READ, ADMIN]);
    expect(new SessionTokens(new JwtService(issuing())).read(token)).toMatchObject(session);
    expect(identityOf(session)).toEqual({
      userId: ADA.userId,
      permissions: [READ, ADMIN],
      tokenId: session.jti,
      issuedAt: new Date(),
      expiresAt: new Date(Date.now() + 8 * HOUR),
    });
  });

  it('is of the same session and the same sign-in when it is renewed', () => {
    const { session } = tokens.begin(ADA, [READ]);
    jest.advanceTimersByTime(HOUR);
    expect(tokens.renew(session).session).toEqual({ ...session, exp: session.exp + HOUR / 1_000 });
  });

  it('is of another session when somebody signs in anew', () => {
    expect(tokens.begin(ADA, []).session.jti).not.toBe(tokens.begin(ADA, []).session.jti);
  });

  it('still tells whose it was when it is over', () => {
    const { token } = tokens.begin(ADA, [READ]);
    jest.advanceTimersByTime(24 * HOUR);
    expect(tokens.read(token)?.sub).toBe(ADA.userId);
  });

  it("is nobody's if it was changed, or signed by somebody else or for something else", () => {
    const { token } = tokens.begin(ADA, [READ]);
    const [head, claims, signature] = token.split('.') as [string, string, string];
    const admin = Buffer.from(JSON.stringify({ sub: ADA.userId, permissions: [ADMIN] })).toString('base64url');
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url');
    const { secret } = issuing();
    const forgeries = [
      `${head}.${admin}.${signature}`,
      `${none}.${claims}.`,
      `${head}.${claims}.${signature.slice(1)}`,
      new JwtService({ secret: 'another' }).sign({ sub: ADA.userId }),
      new JwtService({ secret }).sign({ sub: ADA.userId }),
      '',
      undefined,
    ];
    expect(forgeries.map((forgery) => tokens.read(forgery))).toEqual(forgeries.map(() => undefined));
  });
});

describe('SESSION_LIFE', () => {
  it('is in milliseconds, and eight hours where it is not set', () => {
    expect(sessionLife({ SESSION_LIFE: '5000' })).toBe(5_000);
    expect(sessionLife({})).toBe(8 * HOUR);
    expect(sessionLife({ SESSION_LIFE: '' })).toBe(8 * HOUR);
  });

  it.each(['8h', '0', '-1', 'Infinity'])('is refused as %s', (SESSION_LIFE) => {
    expect(() => sessionLife({ SESSION_LIFE })).toThrow(/SESSION_LIFE is .*: use milliseconds/);
  });
});
