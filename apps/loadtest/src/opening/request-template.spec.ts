import { describe, expect, it } from '@jest/globals';
import { type RequestPlan, RequestTemplate } from './request-template.js';
import { type PreparedRequest, RequestError, resumedRequest } from './stream-request.js';
import { type TokenSource } from './token-source.js';

const PLAN: RequestPlan = {
  urls: ['http://localhost:3000/events'],
  method: 'GET',
  headers: {},
  cookies: [],
  asBrowser: false,
  gzip: false,
  channels: 1,
};
const TOKENS: TokenSource = { next: (index) => Promise.resolve(`se/cret-${index}`), close: () => undefined };

async function request(index: number, plan: Partial<RequestPlan>, tokens?: TokenSource): Promise<PreparedRequest> {
  return new RequestTemplate({ ...PLAN, ...plan }, tokens).requestFor(index);
}

async function lines(plan: Partial<RequestPlan>, tokens?: TokenSource, index = 3): Promise<string[]> {
  return (await request(index, plan, tokens)).text.split('\r\n');
}

describe('RequestTemplate', () => {
  it('asks for an event stream, and says who asks', async () => {
    expect(await lines({})).toEqual([
      'GET /events HTTP/1.1',
      'host: localhost:3000',
      'accept: text/event-stream',
      'User-Agent: nestjs-event-stream-loadtest',
      '',
      '',
    ]);
  });

  it('has one request for all where all are alike', () => {
    const template = new RequestTemplate({ ...PLAN, urls: ['http://a/', 'http://b/'] });
    expect(template.requestFor(4)).toBe(template.requestFor(2));
    expect(template.requestFor(5)).toMatchObject({ host: 'b' });
  });

  it('puts number, channel and token where they are wanted, escaped in the URL', async () => {
    const plan = { urls: ['http://h/{channel}?u={n}&t={token}'], headers: { 'X-T': '{token}' }, body: '{"n":{n}}' };
    const text = await lines({ ...plan, channels: 2 }, TOKENS);
    expect(text[0]).toBe('GET /load-1?u=3&t=se%2Fcret-3 HTTP/1.1');
    expect(text).toContain('X-T: se/cret-3');
    expect(text.at(-1)).toBe('{"n":3}');
    expect(text.join()).not.toContain('Bearer');
  });

  it('sends a token that has no place as a Bearer', async () => {
    expect(await lines({}, TOKENS)).toContain('Authorization: Bearer se/cret-3');
  });

  it('sends cookies in one line', async () => {
    expect(await lines({ cookies: ['a=1', 'b={n}'] })).toContain('Cookie: a=1; b=3');
  });

  it('comes as an EventSource of a browser, unless a header says otherwise', async () => {
    const text = await lines({ asBrowser: true, headers: { 'sec-fetch-site': 'none' }, gzip: true });
    expect(text).toEqual(
      expect.arrayContaining(['Sec-Fetch-Mode: cors', 'sec-fetch-site: none', 'Accept-Encoding: gzip']),
    );
    expect(text.find((line) => line.startsWith('User-Agent'))).toMatch(/^User-Agent: Mozilla\/5\.0/);
    expect(text).not.toContain('Sec-Fetch-Site: same-origin');
  });

  it('sends the last id with a request that is sent again', async () => {
    const again = resumedRequest(await request(0, { method: 'POST', body: 'x\r\n\r\ny' }), 'ä-7');
    expect(again.text).toContain('\r\nLast-Event-ID: ä-7\r\n\r\nx\r\n\r\ny');
  });

  it.each<[string, Partial<RequestPlan>, TokenSource | undefined]>([
    ['a URL that is none', { urls: ['http://h/', 'nothing'] }, undefined],
    ['another protocol', { urls: ['ftp://h/'] }, undefined],
    ['a password in the URL', { urls: ['http://me:secret@h/'] }, undefined],
    ['a header that breaks out of its line', { headers: { 'X-Evil': 'a\r\nb: c' } }, undefined],
    ['a token that comes from nowhere', { urls: ['http://h/?t={token}'] }, undefined],
    ['two Authorizations', { headers: { authorization: 'Basic x' } }, TOKENS],
  ])('refuses %s', (_what, plan, tokens) => {
    expect(() => new RequestTemplate({ ...PLAN, ...plan }, tokens)).toThrow(RequestError);
  });
});
