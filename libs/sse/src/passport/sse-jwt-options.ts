import { type KeyObject } from 'node:crypto';
import { type SseJwtPlace } from './token-places.js';

/** What a token may be signed with. `HS…` is for a shared secret, the others are for a key pair. */
export type SseJwtAlgorithm =
  'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'PS256' | 'PS384' | 'PS512' | 'ES256' | 'ES384' | 'ES512';

/**
 * Finds the key for a token, and gives it to `done`. `passportJwtSecret()` of `jwks-rsa` makes one. Whatever it reads from
 * the token is not verified yet.
 */
export type SseJwtKeyProvider = (
  request: unknown,
  token: string,
  done: (error: unknown, secretOrKey?: string | Buffer | KeyObject | null) => void,
) => unknown;

/** The options of `SseJwtModule.register()`. */
export interface SseJwtOptions {
  /**
   * What verifies the tokens: the secret that they are signed with, or the public key as PEM, certificate or `KeyObject`.
   * Either this or `secretOrKeyProvider`.
   */
  secretOrKey?: string | Buffer | KeyObject;
  /** Finds the key for each token, such as in the key set (JWKS) of who issues the tokens. */
  secretOrKeyProvider?: SseJwtKeyProvider;
  /** The algorithms that are taken, of one kind: for secrets or for key pairs. `none` is never taken. */
  algorithms: readonly SseJwtAlgorithm[];
  /** Who must have issued a token (`iss`). Default: not looked at. */
  issuer?: string | readonly string[];
  /** For whom a token must be (`aud`), one of these. Default: not looked at. */
  audience?: string | readonly string[];
  /**
   * Where a token may stand, in the order in which it is looked for. A token in a URL is seen by proxies and logs: prefer a
   * cookie, or a ticket. Default: `['header']`, which is `Authorization: Bearer …`.
   */
  from?: readonly SseJwtPlace[];
  /** The name of the cookie. Default: `token`. */
  cookie?: string;
  /** The name of the query's parameter. Default: `token`. */
  queryParameter?: string;
  /** What a bad token is answered with; none at all is always a 401. Default: 401. */
  invalidTokenStatus?: 401 | 403;
  /** By how much the clocks of issuer and server may differ, in milliseconds, up to 300,000. Default: 0. */
  clockTolerance?: number;
}

/** Makes the options, for `SseJwtModule.registerAsync({ useClass })` and `({ useExisting })`. */
export interface SseJwtOptionsFactory {
  /** Called once, when the module starts. */
  createSseJwtOptions(): SseJwtOptions | Promise<SseJwtOptions>;
}
