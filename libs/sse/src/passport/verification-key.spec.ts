import { describe, expect, it } from '@jest/globals';
import { createSecretKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { algorithmsOf, verificationKey } from './verification-key.js';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = String(rsa.publicKey.export({ format: 'pem', type: 'spki' }));
const der = rsa.publicKey.export({ format: 'der', type: 'spki' });

describe('a public key is never taken for a secret', () => {
  it.each<[string, Parameters<typeof verificationKey>[0]]>([
    ['a PEM', pem],
    ['a PEM in a Buffer', Buffer.from(pem)],
    ['a PEM of PKCS #1', rsa.publicKey.export({ format: 'pem', type: 'pkcs1' })],
    ['a PEM with spaces around', `\n  ${pem}\n`],
    ['a KeyObject', rsa.publicKey],
    ['a private KeyObject', rsa.privateKey],
    ['a private PEM', rsa.privateKey.export({ format: 'pem', type: 'pkcs8' })],
    ['DER', der],
    ['a PEM without its first and last line', der.toString('base64')],
  ])('%s', (_name, material) => {
    const key = verificationKey(material);

    expect(key.type).toBe('public');
    expect(key.export({ format: 'der', type: 'spki' })).toEqual(der);
  });

  it('when its line breaks were lost, as in an environment variable', () => {
    expect(() => verificationKey(pem.replaceAll('\n', '\\n'))).toThrow(/line breaks/);
    expect(() => verificationKey(Buffer.from(pem.replaceAll('\n', '\\n')))).toThrow(/line breaks/);
  });
});

describe('a secret', () => {
  const bytes = randomBytes(32);

  it.each<[string, Parameters<typeof verificationKey>[0], Buffer]>([
    [
      'a text',
      'a text of some length and of any characters: ü',
      Buffer.from('a text of some length and of any characters: ü'),
    ],
    ['base64', bytes.toString('base64'), Buffer.from(bytes.toString('base64'))],
    ['bytes', bytes, bytes],
    ['a KeyObject', createSecretKey(bytes), bytes],
  ])('may be %s', (_name, material, expected) => {
    expect(verificationKey(material).export()).toEqual(expected);
  });

  it('is not empty', () => {
    expect(() => verificationKey('')).toThrow('it is empty');
    expect(() => verificationKey(Buffer.alloc(0))).toThrow('it is empty');
  });
});

describe('the algorithms of a key', () => {
  it.each([
    ['a secret', createSecretKey(randomBytes(32)), ['HS256', 'HS384', 'HS512']],
    ['RSA', rsa.publicKey, ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']],
    ['RSA-PSS', generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey, ['PS256', 'PS384', 'PS512']],
    ['P-256', generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey, ['ES256']],
    ['P-384', generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey, ['ES384']],
    ['P-521', generateKeyPairSync('ec', { namedCurve: 'P-521' }).publicKey, ['ES512']],
    ['another curve', generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey, []],
    ['Ed25519, which jsonwebtoken does not know', generateKeyPairSync('ed25519').publicKey, []],
  ])('of %s', (_name, key, algorithms) => {
    expect(algorithmsOf(key)).toEqual(algorithms);
  });
});
