import { describe, expect, it } from '@jest/globals';
import { type ExecutionContext } from '@nestjs/common';
import fc from 'fast-check';
import { HttpExchange } from '../transport/http-exchange.js';
import { originRule } from './origin-rule.js';
import { type RequestRule } from './request-rule.js';

/** What the rule says of a request with these headers. */
async function problemOf(rule: RequestRule, headers: Record<string, string | undefined>) {
  return rule(new HttpExchange({ ip: '192.0.2.1', headers }, {}), {} as ExecutionContext);
}

const rule = originRule([
  'https://app.example.com',
  'HTTPS://*.Example.org',
  'https://*.example.net:8443',
  'http://localhost:3000',
]);

describe('originRule() with a list', () => {
  it.each([
    'https://app.example.com',
    'https://a.example.org',
    'https://a.b-c.example.org',
    'https://xn--bcher-kva.example.org',
    'https://a.example.net:8443',
    'http://localhost:3000',
  ])('lets pass %s', async (origin) => {
    expect(await problemOf(rule, { origin })).toBeUndefined();
  });

  it.each([
    '',
    'null',
    'https://evil.example',
    'http://app.example.com',
    'https://app.example.com:8443',
    'https://app.example.com.evil.example',
    'https://evil-app.example.com',
    'https://app.example.com, https://evil.example',
    'https://app.example.com/',
    // The domain itself is none of its subdomains.
    'https://example.org',
    'https://.example.org',
    'https://evilexample.org',
    'https://a.example.org.evil.example',
    'https://evil.example/.example.org',
    'https://evil.example#.example.org',
    'https://user:secret@evil.example:1.example.org',
    'https://*.example.org',
    'https://a..example.org',
    'http://a.example.org',
    'https://a.example.org:444',
    'https://a.example.net',
  ])('refuses %j, and says so', async (origin) => {
    expect(await problemOf(rule, { origin })).toBe(`the origin "${origin}" is not allowed`);
  });

  it('lets pass who has none: pages of the same origin, and programs', async () => {
    expect(await problemOf(rule, {})).toBeUndefined();
    expect(await problemOf(originRule([]), {})).toBeUndefined();
  });

  it('takes of all possible hosts those of the domain only', async () => {
    await fc.assert(
      fc.asyncProperty(fc.webUrl({ withQueryParameters: true, withFragments: true }), async (url) => {
        const origin = url.endsWith('.example.org') ? `${url}x` : url;
        const { protocol, hostname } = new URL(origin);
        const isWithin = protocol === 'https:' && hostname.endsWith('.example.org') && !origin.includes('/', 8);
        expect((await problemOf(rule, { origin })) === undefined).toBe(isWithin);
      }),
    );
  });
});

describe('originRule() with a function', () => {
  const asked: (string | undefined)[] = [];
  const sometimes = originRule(async (origin) => {
    asked.push(origin);
    return origin === 'https://a.example';
  });

  it('asks it about every request', async () => {
    expect(await problemOf(sometimes, { origin: 'https://a.example' })).toBeUndefined();
    expect(await problemOf(sometimes, { origin: 'null' })).toBe('the origin "null" is not allowed');
    expect(await problemOf(sometimes, {})).toBe('it has no Origin');
    expect(asked).toEqual(['https://a.example', 'null', undefined]);
  });

  it('leaves what it throws to the filters: nobody passes', async () => {
    const failing = originRule(() => {
      throw new Error('The database is away');
    });

    await expect(problemOf(failing, {})).rejects.toThrow('The database is away');
  });
});
