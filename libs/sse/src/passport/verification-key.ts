import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { types } from 'node:util';
import { type SseJwtAlgorithm } from './sse-jwt-options.js';

const OF_SECRETS: readonly SseJwtAlgorithm[] = ['HS256', 'HS384', 'HS512'];
const OF_RSA_PSS: readonly SseJwtAlgorithm[] = ['PS256', 'PS384', 'PS512'];
const OF_RSA: readonly SseJwtAlgorithm[] = ['RS256', 'RS384', 'RS512', ...OF_RSA_PSS];
const OF_CURVES: Readonly<Record<string, SseJwtAlgorithm>> = {
  prime256v1: 'ES256',
  secp384r1: 'ES384',
  secp521r1: 'ES512',
};

export const ALGORITHMS: readonly SseJwtAlgorithm[] = [...OF_SECRETS, ...OF_RSA, ...Object.values(OF_CURVES)];

/**
 * What verifies tokens: a shared secret, or a public key. A text is taken for a secret only where it can't be read as a
 * key, since whoever knows a public key could sign tokens with it if it were taken for a secret.
 *
 * @throws Error for what is neither; the message never holds it
 */
export function verificationKey(material: string | Buffer | KeyObject): KeyObject {
  if (types.isKeyObject(material)) return material.type === 'private' ? createPublicKey(material) : material;
  const key = publicKeyIn(material);
  if (key) return key;
  if (/-----BEGIN /.test(material.toString('latin1'))) {
    throw new Error("it begins like a PEM and can't be read as one: see whether its line breaks are still there");
  }
  if (material.length === 0) throw new Error('it is empty');
  return createSecretKey(Buffer.from(material));
}

/** What the key can verify; a list without an entry for kinds of keys that are not known. */
export function algorithmsOf(key: KeyObject): readonly SseJwtAlgorithm[] {
  if (key.type === 'secret') return OF_SECRETS;
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return OF_RSA;
    case 'rsa-pss':
      return OF_RSA_PSS;
    case 'ec': {
      const algorithm = OF_CURVES[key.asymmetricKeyDetails?.namedCurve ?? ''];
      return algorithm ? [algorithm] : [];
    }
    default:
      return [];
  }
}

/** The key in a PEM, a certificate, DER, or DER as base64, which is a PEM without its first and last line. */
function publicKeyIn(material: string | Buffer): KeyObject | undefined {
  const der = typeof material === 'string' ? Buffer.from(material, 'base64') : material;
  for (const read of [
    () => createPublicKey(typeof material === 'string' ? material.trim() : material),
    () => createPublicKey({ key: der, format: 'der', type: 'spki' }),
    () => createPublicKey({ key: der, format: 'der', type: 'pkcs1' }),
  ]) {
    try {
      return read();
    } catch {
      // It is not of this kind.
    }
  }
  return undefined;
}
