import { describe, expect, it } from '@jest/globals';
import { type SseJwtPlace, type SseJwtRequest, tokenIn } from './token-places.js';

const NAMES = { cookie: 'session', queryParameter: 'jwt' };

function find(place: SseJwtPlace | SseJwtPlace[], request: Partial<SseJwtRequest>): string | undefined {
  return tokenIn({ headers: {}, ...request }, { from: [place].flat(), ...NAMES });
}

describe('the token in the header', () => {
  it.each([
    ['Bearer a.b.c', 'a.b.c'],
    ['bearer   a.b.c  ', 'a.b.c'],
    ['Basic a.b.c', undefined],
    ['Bearer', undefined],
    ['Bearer ', undefined],
    ['Bearer a.b.c d', undefined],
    ['a.b.c', undefined],
    ['', undefined],
  ])('of "%s" is %s', (authorization, token) => {
    expect(find('header', { headers: { authorization } })).toBe(token);
  });

  // passport-jwt's own pattern tries from every position, which takes minutes here.
  it.each(['x', ' ', 'Bearer ', 'Bearer x '])('is told from a megabyte of "%s"', (filler) => {
    const authorization = `Bearer x${filler.repeat(1_000_000 / filler.length)} y`;

    expect(find('header', { headers: { authorization } })).toBeUndefined();
  });
});

describe('the token in a cookie', () => {
  it.each([
    ['session=a.b.c', 'a.b.c'],
    ['theme=dark; session=a.b.c; x=y', 'a.b.c'],
    ['theme=dark;session="a.b.c"', 'a.b.c'],
    ['session=first; session=second', 'first'],
    ['my-session=a.b.c', undefined],
    ['session=', undefined],
    ['session', undefined],
    ['', undefined],
  ])('of "%s" is %s', (cookie, token) => {
    expect(find('cookie', { headers: { cookie } })).toBe(token);
  });

  it('is what the cookie parser of the application says, if there is one', () => {
    const headers = { cookie: 'session=raw' };

    expect(find('cookie', { headers, cookies: { session: 'parsed' } })).toBe('parsed');
    expect(find('cookie', { headers, cookies: {} })).toBeUndefined();
    expect(find('cookie', { headers, cookies: { session: { not: 'a text' } } })).toBeUndefined();
  });
});

describe('the token in the query', () => {
  it.each([
    [{ jwt: 'a.b.c' }, 'a.b.c'],
    [{ jwt: ['a.b.c', 'd.e.f'] }, undefined],
    [{ jwt: { x: 'a.b.c' } }, undefined],
    [{ token: 'a.b.c' }, undefined],
    [{ jwt: '' }, undefined],
    [undefined, undefined],
  ])('of %j is %s', (query, token) => {
    expect(find('query', { query })).toBe(token);
  });
});

describe('the places', () => {
  const everywhere = { headers: { authorization: 'Bearer h', cookie: 'session=c' }, query: { jwt: 'q' } };

  it('are looked at in their order', () => {
    expect(find(['query', 'header', 'cookie'], everywhere)).toBe('q');
    expect(find(['cookie', 'header'], everywhere)).toBe('c');
    expect(find(['query', 'header'], { ...everywhere, query: {} })).toBe('h');
  });

  it.each<[SseJwtPlace, string]>([
    ['header', 'h'],
    ['cookie', 'c'],
    ['query', 'q'],
  ])('that are not asked for are not looked at: only %s', (place, token) => {
    expect(find(place, everywhere)).toBe(token);
  });
});
