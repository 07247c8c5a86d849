import { Logger } from '@nestjs/common';
import { type KeyObject } from 'node:crypto';
import { types } from 'node:util';
import { SseOptionsError } from '../index.js';
import { type SseJwtAlgorithm, type SseJwtKeyProvider, type SseJwtOptions } from './sse-jwt-options.js';
import { algorithmsOf, verificationKey } from './verification-key.js';

/** Finds the key for a token; rejects where there is none. */
export type KeySource = (request: unknown, token: string) => Promise<KeyObject>;

/** RFC 7518, section 3.2. A shorter one can be found from a single token, by trying. */
const SECRET_BYTES = 32;

/** @throws SseOptionsError where the key is none, or is not for the algorithms */
export function keySource({ secretOrKey, secretOrKeyProvider, algorithms }: SseJwtOptions): KeySource {
  if ((secretOrKey === undefined) === (secretOrKeyProvider === undefined)) {
    const given = secretOrKey === undefined ? undefined : '(given)';
    fail('secretOrKey', given, 'use either secretOrKey or secretOrKeyProvider');
  }
  if (secretOrKeyProvider === undefined) {
    const key = givenKey(secretOrKey);
    checkFit(key, algorithms);
    warnOfShort(key);
    return () => Promise.resolve(key);
  }
  if (typeof secretOrKeyProvider !== 'function') {
    fail('secretOrKeyProvider', kindOf(secretOrKeyProvider), 'use a function (request, token, done) => void');
  }
  return (request, token) => providedKey(secretOrKeyProvider, request, token);
}

function givenKey(material: unknown): KeyObject {
  if (typeof material !== 'string' && !Buffer.isBuffer(material) && !types.isKeyObject(material)) {
    fail('secretOrKey', kindOf(material), 'use a secret or a public key');
  }
  try {
    return verificationKey(material);
  } catch (error) {
    return fail('secretOrKey', kindOf(material), (error as Error).message);
  }
}

function checkFit(key: KeyObject, algorithms: readonly SseJwtAlgorithm[]): void {
  const fitting = algorithmsOf(key);
  if (algorithms.every((algorithm) => fitting.includes(algorithm))) return;
  if (key.type === 'secret') {
    fail('algorithms', algorithms, 'secretOrKey is a secret and no public key, and goes with HS256, HS384 or HS512');
  }
  const isForSecrets = algorithms.some((algorithm) => algorithm.startsWith('HS'));
  const danger = isForSecrets ? 'anybody who knows the public key could then sign tokens. ' : '';
  const mend = fitting.length > 0 ? `use ${fitting.join(' or ')}` : 'use a key of RSA or of a NIST curve';
  fail('algorithms', algorithms, `${danger}secretOrKey is a public key: ${mend}`);
}

function warnOfShort(key: KeyObject): void {
  const bytes = key.symmetricKeySize ?? SECRET_BYTES;
  if (bytes >= SECRET_BYTES) return;
  new Logger('SseJwt').warn(
    `secretOrKey has ${bytes} bytes. Whoever has a token can find it by trying: use ${SECRET_BYTES} random bytes or more.`,
  );
}

async function providedKey(provider: SseJwtKeyProvider, request: unknown, token: string): Promise<KeyObject> {
  const material = await new Promise<Parameters<Parameters<SseJwtKeyProvider>[2]>[1]>((resolve, reject) => {
    const done: Parameters<SseJwtKeyProvider>[2] = (error, key) =>
      error ? reject(error instanceof Error ? error : new Error('the provider of keys failed')) : resolve(key);
    // An async function fails by its promise, and may give the key by it.
    Promise.resolve<unknown>(provider(request, token, done)).then((key) => {
      if (key !== undefined) done(null, key as never);
    }, done);
  });
  if (!material) throw new Error('the provider has no key for it');
  return verificationKey(material);
}

/** For the error: a secret is not to stand in it. */
function kindOf(value: unknown): string {
  return `(${typeof value})`;
}

function fail(key: string, value: unknown, mend: string): never {
  throw new SseOptionsError(`SseJwtModule.${key}`, value, mend);
}
