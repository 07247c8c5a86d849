import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { generateKeyPairSync } from 'node:crypto';
import { SseOptionsError } from '../index.js';
import { type SseJwtOptions } from './sse-jwt-options.js';
import { jwtSettings } from './sse-jwt-settings.js';

const SECRET = 'a secret of more than 32 bytes, for the tests';
const PEM = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'pem', type: 'spki' });
const EC = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
const GOOD = { secretOrKey: SECRET, algorithms: ['HS256'] } satisfies SseJwtOptions;

let warnings: string[];
beforeEach(() => {
  warnings = [];
  jest.spyOn(Logger.prototype, 'warn').mockImplementation((text) => void warnings.push(String(text)));
});
afterEach(() => {
  jest.restoreAllMocks();
});

describe('the options of SseJwtModule', () => {
  it('have defaults', () => {
    expect(jwtSettings(GOOD)).toEqual({
      keyFor: expect.any(Function),
      algorithms: ['HS256'],
      issuer: undefined,
      audience: undefined,
      from: ['header'],
      cookie: 'token',
      queryParameter: 'token',
      invalidTokenStatus: 401,
      clockTolerance: 0,
    });
    expect(warnings).toEqual([]);
  });

  it.each<[string, object, RegExp]>([
    ['no algorithms', { secretOrKey: SECRET }, /algorithms is undefined: name those/],
    ['an empty list of algorithms', { ...GOOD, algorithms: [] }, /algorithms is \[\]: name those/],
    ['algorithms that are no list', { ...GOOD, algorithms: 'HS256' }, /algorithms is "HS256"/],
    ['none', { ...GOOD, algorithms: ['HS256', 'none'] }, /without a signature.*remove none/],
    ['None', { ...GOOD, algorithms: ['None'] }, /remove none/],
    ['an unknown algorithm', { ...GOOD, algorithms: ['EdDSA'] }, /use some of HS256/],
    ['algorithms of two kinds', { ...GOOD, algorithms: ['HS256', 'RS256'] }, /use one kind/],
    ['no key', { algorithms: ['HS256'] }, /either secretOrKey or secretOrKeyProvider/],
    ['two keys', { ...GOOD, secretOrKeyProvider: () => undefined }, /either secretOrKey or secretOrKeyProvider/],
    ['an empty secret', { ...GOOD, secretOrKey: '' }, /secretOrKey .*it is empty/],
    [
      'a secret that is no text',
      { ...GOOD, secretOrKey: 12_345 },
      /secretOrKey is "\(number\)": use a secret or a public key/,
    ],
    ['an object as a secret', { ...GOOD, secretOrKey: { kty: 'oct' } }, /SseJwtModule\.secretOrKey/],
    ['a provider that is none', { algorithms: ['RS256'], secretOrKeyProvider: {} }, /use a function/],
    ['a secret for key pairs', { secretOrKey: SECRET, algorithms: ['RS256'] }, /is a secret and no public key/],
    ['a PEM as a secret', { secretOrKey: PEM, algorithms: ['HS256'] }, /anybody .* could then sign.*use RS256/],
    ['a KeyObject as a secret', { secretOrKey: EC, algorithms: ['HS256'] }, /anybody .* could then sign.*use ES256/],
    ['another kind of key', { secretOrKey: EC, algorithms: ['RS256'] }, /secretOrKey is a public key: use ES256\.$/],
    ['an empty issuer', { ...GOOD, issuer: '' }, /issuer is ""/],
    ['an empty audience', { ...GOOD, audience: [] }, /audience is \[\]/],
    ['an empty name in a list', { ...GOOD, audience: ['a', ''] }, /audience is \["a",""\]/],
    ['a place that is none', { ...GOOD, from: ['body'] }, /from is \["body"\]: use a list of 'header'/],
    ['no places', { ...GOOD, from: [] }, /from is \[\]/],
    ['a place that is no list', { ...GOOD, from: 'cookie' }, /from is "cookie"/],
    ['a cookie with a space', { ...GOOD, cookie: 'a token' }, /cookie is "a token"/],
    ['an empty parameter', { ...GOOD, queryParameter: '' }, /queryParameter is ""/],
    ['another status', { ...GOOD, invalidTokenStatus: 418 }, /invalidTokenStatus is 418: use 401 or 403/],
    ['a negative tolerance', { ...GOOD, clockTolerance: -1 }, /clockTolerance is -1/],
    ['a tolerance of an hour', { ...GOOD, clockTolerance: 3_600_000 }, /from 0 to 300000/],
    ['an unknown option', { ...GOOD, ignoreExpiration: true }, /SseJwtModule\.ignoreExpiration .*no such option/],
  ])('are refused: %s', (_name, options, message) => {
    const check = () => jwtSettings(options as SseJwtOptions);

    expect(check).toThrow(SseOptionsError);
    expect(check).toThrow(message);
  });

  it('do not show a secret in an error', () => {
    const check = (options: object) => () => jwtSettings(options as SseJwtOptions);

    for (const options of [{ secret: SECRET }, { secretOrKey: SECRET, algorithms: ['RS256'] }]) {
      expect(check(options)).toThrow(expect.not.objectContaining({ message: expect.stringContaining(SECRET) }));
    }
    expect(check({ ...GOOD, secretOrKeyProvider: SECRET })).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining(SECRET) }),
    );
  });

  it('with a secret that is too short are warned of', () => {
    jwtSettings({ ...GOOD, secretOrKey: 'hunter2' });

    expect(warnings).toEqual([expect.stringMatching(/secretOrKey has 7 bytes.*32 random bytes/)]);
    expect(warnings.join()).not.toContain('hunter2');
  });

  it('with a key that fits are taken as they are', () => {
    const settings = jwtSettings({
      secretOrKey: EC,
      algorithms: ['ES256'],
      issuer: 'me',
      audience: ['a', 'b'],
      from: ['cookie', 'query'],
      invalidTokenStatus: 403,
      clockTolerance: 5_000,
    });

    expect(settings).toMatchObject({ issuer: ['me'], audience: ['a', 'b'], from: ['cookie', 'query'] });
    expect(settings).toMatchObject({ invalidTokenStatus: 403, clockTolerance: 5_000 });
  });
});
