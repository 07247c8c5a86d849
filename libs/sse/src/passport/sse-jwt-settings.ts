import { SseOptionsError } from '../index.js';
import { keySource, type KeySource } from './key-source.js';
import { type SseJwtAlgorithm, type SseJwtOptions } from './sse-jwt-options.js';
import { PLACES, type SseJwtPlace, type TokenNames } from './token-places.js';
import { ALGORITHMS } from './verification-key.js';

/** The options with their defaults, checked. */
export interface SseJwtSettings extends TokenNames {
  readonly keyFor: KeySource;
  readonly algorithms: readonly SseJwtAlgorithm[];
  readonly issuer: readonly string[] | undefined;
  readonly audience: readonly string[] | undefined;
  readonly invalidTokenStatus: 401 | 403;
  readonly clockTolerance: number;
}

export const SSE_JWT_SETTINGS = Symbol('SSE_JWT_SETTINGS');

const KEYS: readonly string[] = [
  'secretOrKey',
  'secretOrKeyProvider',
  'algorithms',
  'issuer',
  'audience',
  'from',
  'cookie',
  'queryParameter',
  'invalidTokenStatus',
  'clockTolerance',
] satisfies (keyof SseJwtOptions)[];
const MAX_TOLERANCE = 300_000;

/** @throws SseOptionsError for the first option that is wrong */
export function jwtSettings(options: SseJwtOptions): SseJwtSettings {
  const stranger = Object.keys(options).find((key) => !KEYS.includes(key));
  // Its value is not shown: it may be a secret whose name is misspelt.
  if (stranger !== undefined) fail(stranger, '(something)', `there is no such option: use ${KEYS.join(', ')}`);
  const { invalidTokenStatus = 401, clockTolerance = 0 } = options;
  if (![401, 403].includes(invalidTokenStatus)) fail('invalidTokenStatus', invalidTokenStatus, 'use 401 or 403');
  if (!(Number.isInteger(clockTolerance) && clockTolerance >= 0 && clockTolerance <= MAX_TOLERANCE)) {
    fail('clockTolerance', clockTolerance, `use milliseconds from 0 to ${MAX_TOLERANCE}`);
  }
  return {
    algorithms: checkedAlgorithms(options.algorithms),
    keyFor: keySource(options),
    issuer: namesIn('issuer', options.issuer),
    audience: namesIn('audience', options.audience),
    invalidTokenStatus,
    clockTolerance,
    ...tokenNames(options),
  };
}

function checkedAlgorithms(given: readonly SseJwtAlgorithm[]): readonly SseJwtAlgorithm[] {
  const algorithms: readonly unknown[] = Array.isArray(given) ? given : [];
  if (algorithms.length === 0) {
    fail('algorithms', given, "name those that your tokens are signed with, such as ['HS256']");
  }
  if (algorithms.some((algorithm) => String(algorithm).toLowerCase() === 'none')) {
    fail('algorithms', given, 'anybody can make a token without a signature: remove none');
  }
  if (!algorithms.every((algorithm) => (ALGORITHMS as readonly unknown[]).includes(algorithm))) {
    fail('algorithms', given, `use some of ${ALGORITHMS.join(', ')}`);
  }
  const forSecrets = given.filter((algorithm) => algorithm.startsWith('HS'));
  if (forSecrets.length > 0 && forSecrets.length < given.length) {
    fail('algorithms', given, `${forSecrets.join(', ')} go with a secret, the rest with key pairs: use one kind`);
  }
  return given;
}

/** An empty name would be taken for none, and nothing be looked at. */
function namesIn(key: string, value: string | readonly string[] | undefined): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const names = [value].flat() as readonly unknown[];
  if (names.length === 0 || !names.every((name) => typeof name === 'string' && name !== '')) {
    fail(key, value, 'use a name or a list of names, or leave it out');
  }
  return names as readonly string[];
}

function tokenNames({ from = ['header'], cookie = 'token', queryParameter = 'token' }: SseJwtOptions): TokenNames {
  const isKnown = (place: SseJwtPlace) => PLACES.includes(place);
  if (!Array.isArray(from) || from.length === 0 || !from.every(isKnown)) {
    fail('from', from, `use a list of ${PLACES.map((place) => `'${place}'`).join(', ')}`);
  }
  // What the name of a cookie is made of, RFC 6265.
  if (typeof cookie !== 'string' || !/^[\w!#$%&'*+.^`|~-]+$/.test(cookie)) {
    fail('cookie', cookie, 'use a name without spaces and separators');
  }
  if (typeof queryParameter !== 'string' || queryParameter === '') fail('queryParameter', queryParameter, 'use a name');
  return { from, cookie, queryParameter };
}

function fail(key: string, value: unknown, mend: string): never {
  throw new SseOptionsError(`SseJwtModule.${key}`, value, mend);
}
