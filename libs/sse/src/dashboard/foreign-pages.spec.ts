import { describe, expect, it } from '@jest/globals';
import { ForbiddenException } from '@nestjs/common';
import { refuseForeignAction, refuseForeignPage } from './foreign-pages.js';

const request = (headers: Record<string, string>) => ({ url: '/sse-dashboard/close', headers });
const HOST = { host: 'ops.example:8443' };

describe('what a page of another site asks for', () => {
  it.each<[Record<string, string>, string]>([
    [{}, 'no browser'],
    [{ 'sec-fetch-site': 'same-origin' }, 'the page itself'],
    [{ 'sec-fetch-site': 'none' }, 'the address bar'],
    [{ ...HOST, origin: 'https://ops.example:8443' }, 'the page itself, over plain HTTP'],
    [{ ':authority': 'ops.example', origin: 'https://ops.example' }, 'the page itself, over HTTP/2'],
  ])('is not this: %j (%s)', (headers) => {
    expect(() => refuseForeignPage(request(headers))).not.toThrow();
  });

  it.each<[Record<string, string>]>([
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ 'sec-fetch-site': 'something new' }],
    [{ 'sec-fetch-site': 'cross-site', ...HOST, origin: 'https://ops.example:8443' }],
    [{ ...HOST, origin: 'https://evil.example' }],
    [{ ...HOST, origin: 'https://ops.example' }],
    [{ ...HOST, origin: 'null' }],
    [{ origin: 'https://evil.example' }],
  ])('is refused: %j', (headers) => {
    expect(() => refuseForeignPage(request(headers))).toThrow(ForbiddenException);
  });

  it('is refused as an action without the header that the page sends', () => {
    const sameOrigin = { 'sec-fetch-site': 'same-origin' };
    expect(() => refuseForeignAction(request(sameOrigin))).toThrow('x-sse-dashboard');
    expect(() => refuseForeignAction(request({ ...sameOrigin, 'x-sse-dashboard': 'page' }))).not.toThrow();
    expect(() => refuseForeignAction(request({ 'sec-fetch-site': 'cross-site', 'x-sse-dashboard': 'page' }))).toThrow(
      ForbiddenException,
    );
  });
});
