import { type JwtModuleOptions } from '@nestjs/jwt';
import { type SseJwtOptions } from 'nestjs-event-stream/passport';
import { SESSION_COOKIE } from './session-cookies.js';
import { sessionSecret } from './session-secret.js';

/** The chat issues its tokens itself and to itself. Tokens that others have signed with the same secret are none of its. */
const ISSUER = 'nestjs-event-stream/chat';
const ALGORITHM = 'HS256';

/** For those who issue: `JwtService` of `@nestjs/jwt`. */
export function issuing(): JwtModuleOptions {
  return {
    secret: sessionSecret(),
    signOptions: { algorithm: ALGORITHM, issuer: ISSUER, audience: ISSUER },
    verifyOptions: { algorithms: [ALGORITHM], issuer: ISSUER, audience: ISSUER },
  };
}

/** For those who ask: `SseJwtAuthGuard`. */
export function checking(): SseJwtOptions {
  return {
    secretOrKey: sessionSecret(),
    algorithms: [ALGORITHM],
    issuer: ISSUER,
    audience: ISSUER,
    from: ['cookie'],
    cookie: SESSION_COOKIE,
  };
}
