import { describe, expect, it } from '@jest/globals';
import jwt from 'jsonwebtoken';
import { createSecretKey, generateKeyPairSync } from 'node:crypto';
import { loadPassport } from './passport-packages.js';
import { type SseJwtKeyProvider, type SseJwtOptions } from './sse-jwt-options.js';
import { jwtSettings } from './sse-jwt-settings.js';
import { SseJwtStrategy } from './sse-jwt.strategy.js';

const SECRET = 'a secret of more than 32 bytes, for the tests';

async function verify(token: string, options: Partial<SseJwtOptions> = { secretOrKey: SECRET }) {
  const settings = jwtSettings({ algorithms: ['HS256'], ...options });
  const strategy = new SseJwtStrategy(settings, await loadPassport());
  return strategy.verify({ headers: { authorization: `Bearer ${token}` } });
}

describe('SseJwtStrategy', () => {
  it('resolves with the payload of a good token', async () => {
    const payload = { sub: 'ann', permissions: ['read'], jti: '1', iat: 1_000, exp: 9_999_999_999 };

    expect(await verify(jwt.sign(payload, SECRET))).toEqual(payload);
  });

  it('rejects with what is wrong', async () => {
    await expect(verify(jwt.sign({ exp: 1_000 }, SECRET))).rejects.toThrow('jwt expired');
    await expect(verify(jwt.sign({}, 'another'))).rejects.toThrow('invalid signature');
    await expect(verify(jwt.sign({}, SECRET, { algorithm: 'HS512' }))).rejects.toThrow('invalid algorithm');
    await expect(verify('x.y.z')).rejects.toThrow();
  });

  it('allows for clocks that differ by so many milliseconds', async () => {
    const token = jwt.sign({ exp: Math.floor(Date.now() / 1_000) - 10 }, SECRET);

    await expect(verify(token, { secretOrKey: SECRET, clockTolerance: 5_000 })).rejects.toThrow('jwt expired');
    expect(await verify(token, { secretOrKey: SECRET, clockTolerance: 60_000 })).toMatchObject({});
  });

  it.each(['"a text"', 'null', '[1]', '7', 'no JSON'])('rejects the signed payload %s', async (payload) => {
    for (const typ of ['JWT', 'other']) {
      const token = jwt.sign(payload, SECRET, { header: { alg: 'HS256', typ } });
      await expect(verify(token)).rejects.toThrow();
    }
  });
});

describe('a provider of keys', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const token = jwt.sign({ sub: 'ann' }, privateKey, { algorithm: 'ES256' });
  const verifyWith = (secretOrKeyProvider: SseJwtKeyProvider, of = token) =>
    verify(of, { secretOrKeyProvider, algorithms: ['ES256'] });

  it('is asked with the request and the token', async () => {
    const asked: unknown[] = [];
    const payload = await verifyWith((request, text, done) => {
      asked.push(request, text);
      setImmediate(() => done(null, publicKey));
    });

    expect(payload).toMatchObject({ sub: 'ann' });
    expect(asked).toEqual([{ headers: { authorization: `Bearer ${token}` } }, token]);
  });

  it('may be async and give the key by its promise', async () => {
    const provider = (async () => Promise.resolve(publicKey)) as unknown as SseJwtKeyProvider;
    expect(await verifyWith(provider)).toMatchObject({ sub: 'ann' });
  });

  it.each<[string, SseJwtKeyProvider, string]>([
    ['has an error', (_request, _token, done) => done(new Error('too many requests')), 'too many requests'],
    ['has a text for an error', (_request, _token, done) => done('no'), 'the provider of keys failed'],
    ['has no key', (_request, _token, done) => done(null), 'no key'],
    ['has an empty key', (_request, _token, done) => done(null, ''), 'no key'],
    [
      'throws',
      () => {
        throw new Error('thrown');
      },
      'thrown',
    ],
    ['is async, and rejects', async () => Promise.reject(new Error('rejected')), 'rejected'],
    ['has a secret where a public key is needed', (_request, _token, done) => done(null, SECRET), 'asymmetric'],
  ])('that %s fails the token', async (_name, provider, message) => {
    await expect(verifyWith(provider)).rejects.toThrow(message);
  });

  it('without a key does not let a token without a signature pass', async () => {
    const [header, payload] = token.split('.');
    await expect(verifyWith((_request, _token, done) => done(null, null), `${header}.${payload}.`)).rejects.toThrow(
      'no key',
    );
  });

  it('that has a public key where secrets are taken fails the token', async () => {
    const der = publicKey.export({ format: 'der', type: 'spki' });
    for (const key of [der, publicKey.export({ format: 'pem', type: 'spki' })]) {
      const forged = jwt.sign({ sub: 'ann' }, createSecretKey(Buffer.from(key)));
      await expect(
        verify(forged, { secretOrKeyProvider: (_request, _token, done) => done(null, key), algorithms: ['HS256'] }),
      ).rejects.toThrow('symmetric');
    }
  });
});
