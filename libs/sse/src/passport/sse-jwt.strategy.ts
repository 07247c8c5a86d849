import { Injectable } from '@nestjs/common';
import { type PassportPackages } from './passport-packages.js';
import { type SseJwtSettings } from './sse-jwt-settings.js';
import { type SseJwtRequest, tokenIn } from './token-places.js';

/** What a token says, under the names of RFC 7519. The library's default `identify` reads these. */
export interface SseJwtPayload {
  /** The user's id. */
  sub?: string;
  /** What he may do. */
  permissions?: readonly string[];
  /** Permissions, separated by spaces. */
  scope?: string;
  /** The token's id, by which it can be revoked. */
  jti?: string;
  /** Seconds since 1970. */
  iat?: number;
  /** Seconds since 1970. */
  exp?: number;
  [claim: string]: unknown;
}

/** What Passport has at hand for one attempt. */
interface Attempt {
  success(payload: SseJwtPayload): void;
  fail(reason: unknown): void;
  error(error: unknown): void;
  authenticate(request: SseJwtRequest): void;
}

/**
 * Finds the token of a request and verifies it, with `passport-jwt`. It is not known to Passport by a name: names are shared
 * by the whole process, and a second application would replace the secret of the first.
 */
@Injectable()
export class SseJwtStrategy {
  private readonly passport: object;

  /** @internal */
  constructor(
    private readonly settings: SseJwtSettings,
    packages: PassportPackages,
  ) {
    this.passport = passportStrategy(settings, packages);
  }

  /** The token of a request, from the first of the places that has one. */
  tokenIn(request: SseJwtRequest): string | undefined {
    return tokenIn(request, this.settings);
  }

  /**
   * What the token of a request says, once it was verified.
   *
   * @throws whatever is wrong with the token. It is for a log, and not for the client; see that the token is not in it
   */
  verify(request: SseJwtRequest): Promise<SseJwtPayload> {
    return new Promise((resolve, reject) => {
      const fail = (reason: unknown) =>
        reject(reason instanceof Error ? reason : new Error('its payload is no object'));
      const attempt = Object.create(this.passport) as Attempt;
      Object.assign(attempt, { success: resolve, fail, error: fail });
      attempt.authenticate(request);
    });
  }
}

function passportStrategy(settings: SseJwtSettings, { PassportStrategy, Strategy }: PassportPackages): object {
  const { algorithms, issuer, audience, clockTolerance, keyFor } = settings;
  class JwtStrategy extends PassportStrategy(Strategy) {
    /** Where it would make its name known to the whole process. */
    getPassportInstance() {
      return { use: () => undefined };
    }

    /** A token may hold any JSON, and JSON may be a text. */
    validate(payload: unknown): object | null {
      return typeof payload === 'object' && !Array.isArray(payload) ? payload : null;
    }
  }
  return new JwtStrategy({
    jwtFromRequest: (request: SseJwtRequest) => tokenIn(request, settings) ?? null,
    secretOrKeyProvider: (request: unknown, token: string, done: (error: unknown, key?: never) => void) => {
      // What is thrown while the token is checked fails that token, and not the process.
      keyFor(request, token)
        .then((key) => done(null, key as never))
        .catch(done);
    },
    algorithms: [...algorithms],
    issuer: issuer && [...issuer],
    audience: audience && [...audience],
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- there is no other way to say it
    jsonWebTokenOptions: { clockTolerance: clockTolerance / 1_000 },
  });
}
