import { createHmac, generateKeyPairSync, type JsonWebKey, type KeyObject, sign } from 'node:crypto';

/** What a token is made of. Made by hand, so that it can be as wrong as a test wants it. */
export interface TokenParts {
  /** A text is signed with HMAC, a private key with RSA, whatever the header says. */
  key?: string | KeyObject;
  header?: Record<string, unknown>;
  payload?: unknown;
}

/** A signed token. Without a key it is not signed. */
export function token({ key, header, payload }: TokenParts): string {
  const alg = typeof key === 'string' ? 'HS256' : key ? 'RS256' : 'none';
  const text = `${encoded({ alg, typ: 'JWT', ...header })}.${encoded(payload)}`;
  return `${text}.${signature(text, key)}`;
}

/** Seconds since 1970, as tokens count, so many from now on. */
export function inSeconds(seconds: number): number {
  return Math.floor(Date.now() / 1_000) + seconds;
}

/** A key pair of RSA with what an issuer publishes of it. */
export class IssuerKey {
  readonly privateKey: KeyObject;
  readonly pem: string;
  readonly jwk: JsonWebKey & { kid: string };

  constructor(readonly kid: string) {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    this.privateKey = privateKey;
    this.pem = String(publicKey.export({ format: 'pem', type: 'spki' }));
    this.jwk = { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' };
  }

  token(payload: unknown, header?: Record<string, unknown>): string {
    return token({ key: this.privateKey, header: { kid: this.kid, ...header }, payload });
  }
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function signature(text: string, key: string | KeyObject | undefined): string {
  if (key === undefined) return '';
  if (typeof key === 'string') return createHmac('sha256', key).update(text).digest('base64url');
  return sign('sha256', Buffer.from(text), key).toString('base64url');
}
