import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type SseTestClient } from 'nestjs-event-stream/testing';
import { HTTP1, MATRIX, ONE_OF_EACH_NEST } from './harness/matrix.js';
import { TestServer } from './harness/test-server.js';
import { inSeconds, IssuerKey, token, type TokenParts } from './harness/tokens.js';
import { unique, useServer } from './harness/use-server.js';

const SECRET = 'the secret of the fixture, of more than 32 bytes';
const CLAIMS = { iss: 'https://issuer.example', aud: 'streams' };
const STRICT = { algorithms: ['HS256'], issuer: CLAIMS.iss, audience: CLAIMS.aud };

function good(claims: object = {}, parts: TokenParts = {}): string {
  const payload = { sub: 'ann', ...CLAIMS, iat: inSeconds(-60), exp: inSeconds(600), ...claims };
  return token({ key: SECRET, payload, ...parts });
}

function bearer(text: string) {
  return { headers: { authorization: `Bearer ${text}` } };
}

async function refusalOf(client: SseTestClient) {
  const body = JSON.parse(await client.text()) as unknown;
  return { status: client.status, challenge: client.headers.get('www-authenticate'), body };
}

const UNAUTHORIZED = { statusCode: 401, message: 'Unauthorized' };
const WITHOUT_TOKEN = { status: 401, challenge: 'Bearer', body: UNAUTHORIZED };
const WITH_BAD_TOKEN = { status: 401, challenge: 'Bearer error="invalid_token"', body: UNAUTHORIZED };

// E1.
describe.each(MATRIX)('a route that needs a token ($name)', (target) => {
  const server = useServer(target, { jwt: { secretOrKey: SECRET, ...STRICT } });

  it('opens its stream to the user of the token, and to nobody whom other headers name', async () => {
    const [ann, bob] = [unique('ann'), unique('bob')];
    const headers = { ...bearer(good({ sub: ann, scope: 'sse:read other' })).headers, 'x-user': bob };
    const client = await server.open('/jwt', { headers });

    expect(client.status).toBe(200);
    await server.call('broadcast', 'toUser', bob, { data: 'for Bob' });
    await server.call('broadcast', 'toUser', ann, { data: 'for Ann' });
    await server.call('broadcast', 'toPermission', 'sse:read', { data: 'for readers' });
    expect((await client.take(2)).map(({ data }) => data)).toEqual(['for Ann', 'for readers']);
  });

  it('leaves what the token says in request.user', async () => {
    const claims = { permissions: ['a'], jti: 'x', exp: inSeconds(100) };
    const client = await server.open('/jwt/me', bearer(good(claims)));

    expect(JSON.parse(await client.text())).toMatchObject({ sub: 'ann', ...CLAIMS, ...claims });
  });

  it.each<[string, string, object]>([
    ['none at all', '', {}],
    ['one in the query, which was not asked for', `?token=${good()}`, {}],
    ['one in a cookie, which was not asked for', '', { cookie: `token=${good()}` }],
    ['one of another scheme', '', { authorization: `Basic ${good()}` }],
  ])('answers a request without a token: %s', async (_name, query, headers) => {
    expect(await refusalOf(await server.open(`/jwt${query}`, { headers: { ...headers } }))).toEqual(WITHOUT_TOKEN);
    await server.printed('[SseJwt] Refused GET /jwt from 127.0.0.1: no token');
  });

  it.each<[string, string, string]>([
    ['a wrong signature', good({}, { key: 'another secret' }), 'invalid signature'],
    ['a changed payload', withPayloadOf(good({ sub: 'root' }), good()), 'invalid signature'],
    ['no signature, and says so', good({}, { key: undefined }), 'jwt signature is required'],
    ['no signature, and says nONE', good({}, { key: undefined, header: { alg: 'nONE' } }), 'jwt signature is required'],
    ['a signature, and says none', good({}, { header: { alg: 'none' } }), 'invalid algorithm'],
    ['an algorithm that was not named', good({}, { header: { alg: 'HS512' } }), 'invalid algorithm'],
    ['an end that is over', good({ exp: inSeconds(-1) }), 'jwt expired'],
    ['an end that is no number', good({ exp: 'never' }), 'invalid exp value'],
    ['a beginning that is to come', good({ nbf: inSeconds(60) }), 'jwt not active'],
    ['a wrong issuer', good({ iss: 'https://issuer.example.evil' }), 'jwt issuer invalid'],
    ['no issuer', good({ iss: undefined }), 'jwt issuer invalid'],
    ['a wrong audience', good({ aud: ['other', 'streams2'] }), 'jwt audience invalid'],
    ['a text for a payload', good({}, { payload: 'ann' }), 'a bad token'],
    ['nothing for a payload', good({}, { payload: null }), 'a bad token'],
    ['one part', 'garbage', 'jwt malformed'],
    ['three parts of nothing', '..', 'a bad token'],
    ['a header that is no JSON', 'AAAA.AAAA.AAAA', 'a bad token'],
  ])('answers a token with %s without a hint, and logs the reason', async (_name, text, reason) => {
    const client = await server.open('/jwt', bearer(text));

    expect(await refusalOf(client)).toEqual(WITH_BAD_TOKEN);
    await server.printed(new RegExp(`\\[SseJwt\\] Refused GET /jwt from 127\\.0\\.0\\.1: .*${reason}`));
    if (text.length > 10) expect(server.output).not.toContain(text);
    expect(server.output).not.toMatch(/^\s+at /m);
  });

  it('outlives garbage of 100 kB wherever it stands', async () => {
    const garbage = 'x'.repeat(100_000);
    for (const init of [bearer(garbage), { headers: { cookie: `token=${garbage}` } }]) {
      // Node itself refuses a header of this size, with a status or without.
      const status = await server.open('/jwt', init).then(
        (client) => client.status,
        () => 431,
      );
      expect([401, 431]).toContain(status);
    }

    expect((await server.open('/jwt', bearer(good()))).status).toBe(200);
  });

  it('ends the streams of a token that is revoked, and lets it in no more', async () => {
    const jti = unique('token');
    const client = await server.open('/jwt', bearer(good({ jti })));
    const other = await server.open('/jwt', bearer(good({ jti: unique('token') })));
    await server.call('broadcast', 'disconnect', { token: jti });

    expect((await client.untilClosed()).at(-1)).toMatchObject({ type: 'sse:end' });
    expect(await refusalOf(await server.open('/jwt', bearer(good({ jti }))))).toEqual(WITH_BAD_TOKEN);
    expect(await refusalOf(await server.open('/jwt/me', bearer(good({ jti }))))).toEqual(WITH_BAD_TOKEN);
    await server.printed('a bad token: it was revoked');
    await server.call('broadcast', 'toUser', 'ann', { data: 'still here' });
    expect((await other.next()).data).toBe('still here');
  });

  it('lets no token of a user in that was issued before the user was revoked', async () => {
    const sub = unique('ann');
    await server.call('broadcast', 'disconnect', { user: sub });

    expect(await refusalOf(await server.open('/jwt', bearer(good({ sub }))))).toEqual(WITH_BAD_TOKEN);
    expect((await server.open('/jwt', bearer(good({ sub, iat: inSeconds(1) })))).status).toBe(200);
  });
});

describe.each(HTTP1)('a token in a cookie or in the query, where that was asked for ($name)', (target) => {
  const options = { from: ['cookie', 'query'], cookie: 'session', queryParameter: 'jwt', invalidTokenStatus: 403 };
  const server = useServer(target, { jwt: { secretOrKey: SECRET, ...STRICT, ...options } });

  it.each([
    ['cookie', '', `theme=dark; session=${good({ sub: 'cookie' })}`],
    ['query', `?jwt=${good({ sub: 'query' })}`, undefined],
    ['cookie', `?jwt=${good({ sub: 'query' })}`, `session=${good({ sub: 'cookie' })}`],
  ])('opens a stream: %s', async (user, query, cookie) => {
    const client = await server.open(`/jwt${query}`, { headers: { cookie } });

    expect(client.status).toBe(200);
    await server.call('broadcast', 'toUser', user, { data: 'yours' });
    expect((await client.next()).data).toBe('yours');
  });

  it('is not found in the header, nor twice in the query', async () => {
    expect(await refusalOf(await server.open('/jwt', bearer(good())))).toEqual(WITHOUT_TOKEN);
    expect(await refusalOf(await server.open(`/jwt?jwt=${good()}&jwt=${good()}`))).toEqual(WITHOUT_TOKEN);
  });

  it('is answered 403 where it is bad and that was asked for, and is not in the log', async () => {
    const bad = good({ exp: inSeconds(-60) });
    const forbidden = { status: 403, challenge: null, body: { statusCode: 403, message: 'Forbidden' } };

    expect(await refusalOf(await server.open(`/jwt?jwt=${bad}`))).toEqual(forbidden);
    expect(await refusalOf(await server.open('/jwt', { headers: { cookie: `session=${bad}` } }))).toEqual(forbidden);
    await server.printed('a bad token: jwt expired');
    expect(server.output).not.toContain(bad.slice(0, 40));
  });
});

describe.each(ONE_OF_EACH_NEST)('a public key ($name)', (target) => {
  const issuer = new IssuerKey('1');
  const server = useServer(target, { jwt: { ...STRICT, secretOrKey: issuer.pem, algorithms: ['RS256'] } });
  const claims = { sub: 'ann', ...CLAIMS };

  it('verifies what was signed with the private one', async () => {
    expect((await server.open('/jwt', bearer(issuer.token(claims)))).status).toBe(200);
  });

  it('is not taken for a secret', async () => {
    for (const key of [issuer.pem, issuer.pem.trim(), issuer.pem.replaceAll('\n', '')]) {
      for (const alg of ['HS256', 'RS256', 'none']) {
        const forged = token({ key, header: { alg }, payload: claims });
        expect(await refusalOf(await server.open('/jwt', bearer(forged)))).toEqual(WITH_BAD_TOKEN);
      }
    }
  });

  it.each([
    ['with an algorithm for secrets', { secretOrKey: issuer.pem, algorithms: ['HS256'] }, 'SseJwtModule.algorithms'],
    ['without algorithms', { secretOrKey: SECRET }, 'SseJwtModule.algorithms'],
    ['with none', { secretOrKey: SECRET, algorithms: ['none'] }, 'SseJwtModule.algorithms'],
    [
      'with an unknown option',
      { secretOrKey: SECRET, algorithms: ['HS256'], ignoreExpiration: true },
      'ignoreExpiration',
    ],
  ])('stops the application at its start: %s', async (_name, jwt, key) => {
    const start = TestServer.start(target, { jwt });

    await expect(start).rejects.toMatchObject({ name: 'SseOptionsError', message: expect.stringContaining(key) });
    await expect(start).rejects.not.toMatchObject({ message: expect.stringContaining(SECRET) });
  });
});

describe.each(ONE_OF_EACH_NEST)('an issuer that publishes its keys ($name)', (target) => {
  const [first, second, stranger] = ['1', '2', '3'].map((kid) => new IssuerKey(kid)) as [
    IssuerKey,
    IssuerKey,
    IssuerKey,
  ];
  let published = [first];
  const keySet = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ keys: published.map(({ jwk }) => jwk) }));
  });
  let server: TestServer;
  const claims = { sub: 'ann', ...CLAIMS };

  beforeAll(async () => {
    await once(keySet.listen(0, '127.0.0.1'), 'listening');
    const { port } = keySet.address() as AddressInfo;
    const jwt = { ...STRICT, keySet: `http://127.0.0.1:${port}/keys`, algorithms: ['RS256'] };
    server = await TestServer.start(target, { jwt });
  });
  afterAll(async () => {
    await server.stop();
    keySet.close();
  });

  it('may begin to use a new key while the application runs', async () => {
    expect((await server.open('/jwt', bearer(first.token(claims)))).status).toBe(200);
    expect(await refusalOf(await server.open('/jwt', bearer(second.token(claims))))).toEqual(WITH_BAD_TOKEN);

    published = [first, second];

    expect((await server.open('/jwt', bearer(second.token(claims)))).status).toBe(200);
    expect((await server.open('/jwt', bearer(first.token(claims)))).status).toBe(200);
  });

  it('has not signed a token of a key that it does not publish, whatever the token says', async () => {
    const { n } = first.jwk;
    for (const forged of [
      stranger.token(claims),
      stranger.token(claims, { kid: '1' }),
      stranger.token(claims, { kid: '1', jwk: stranger.jwk }),
      token({ key: n, header: { kid: '1' }, payload: claims }),
      token({ key: first.pem, header: { kid: '1' }, payload: claims }),
      token({ header: { kid: '1', alg: 'RS256' }, payload: claims }),
    ]) {
      expect(await refusalOf(await server.open('/jwt', bearer(forged)))).toEqual(WITH_BAD_TOKEN);
    }
    await server.printed('the provider has no key for it');
  });

  it('may be away: a token with a key that is not known then is refused, and the application goes on', async () => {
    keySet.closeAllConnections();
    await new Promise((resolve) => keySet.close(resolve));

    expect(await refusalOf(await server.open('/jwt', bearer(stranger.token(claims))))).toEqual(WITH_BAD_TOKEN);
    expect((await server.open('/jwt', bearer(first.token(claims)))).status).toBe(200);
  });
});

/** The header and signature of a token around the payload of another. */
function withPayloadOf(other: string, text: string): string {
  const [header, , signature] = text.split('.');
  return [header, other.split('.')[1], signature].join('.');
}
