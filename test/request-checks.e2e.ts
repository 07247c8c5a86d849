import { describe, expect, it } from '@jest/globals';
import { Controller, type ExecutionContext, Injectable, UseGuards } from '@nestjs/common';
import { SseRequestGuard, SseStream } from 'nestjs-event-stream';
import { type SseTestClient } from 'nestjs-event-stream/testing';
import { NEVER } from 'rxjs';
import { useApplications } from './harness/application.js';
import { HTTP1, ONE_OF_EACH } from './harness/matrix.js';
import { RawSocket } from './harness/raw-socket.js';
import { unique, useServer } from './harness/use-server.js';

const BROWSER = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0' };
const SECURITY = {
  origins: ['https://app.example.com', 'https://*.example.org'],
  userAgent: true,
  headers: ['user-agent', 'accept', 'x-page'],
  ip: { deny: ['203.0.113.0/24', '2001:db8:bad::/48'] },
};
const PAGE = { ...BROWSER, 'x-page': 'yes' };

// E4.
describe.each(ONE_OF_EACH)('the request guard ($name)', (target) => {
  const server = useServer(target, { options: { security: SECURITY }, trustProxy: '127.0.0.1' });

  const open = (headers: Record<string, string | undefined>, key = unique()) =>
    server.open(`/guarded/checked?key=${key}&token=hunter2`, { headers: { ...PAGE, ...headers } });

  /** The client hears nothing of the reason, the log has it, and the handler has not run. */
  async function expectRefused(headers: Record<string, string | undefined>, reason: string): Promise<void> {
    const key = unique();
    const client = await open(headers, key);
    await expectPlainRefusal(client);
    await server.printed(reason);
    expect(server.notesOf(key, 'ran')).toEqual([]);
  }

  it.each<[string, Record<string, string | undefined>]>([
    ['without an Origin', {}],
    ['of a page on the list', { origin: 'https://app.example.com' }],
    ['of a page on a subdomain', { origin: 'https://a.b.example.org' }],
    ['from an address that is not denied', { 'x-forwarded-for': '203.0.114.1' }],
    ['from an IPv6 address that is not denied', { 'x-forwarded-for': '2001:db8:900d::1' }],
  ])('lets pass a request %s', async (_what, headers) => {
    expect((await open(headers)).status).toBe(200);
  });

  it.each<[string, Record<string, string | undefined>, string]>([
    [
      'a forged origin',
      { origin: 'https://evil.example' },
      String.raw`the origin \"https://evil.example\" is not allowed`,
    ],
    ['no origin to speak of', { origin: 'null' }, String.raw`the origin \"null\" is not allowed`],
    [
      'an origin that only ends alike',
      { origin: 'https://evilexample.org' },
      String.raw`\"https://evilexample.org\" is not`,
    ],
    [
      'another scheme',
      { origin: 'http://app.example.com' },
      String.raw`the origin \"http://app.example.com\" is not allowed`,
    ],
    ['no User-Agent', { 'user-agent': undefined }, 'the header user-agent is missing or empty'],
    [
      'a short User-Agent',
      { 'user-agent': 'curl/8.1' },
      String.raw`the User-Agent \"curl/8.1\" has less than 10 characters`,
    ],
    ['a robot', { 'user-agent': 'Mozilla/5.0 (Example-Bot 1.0)' }, String.raw`contains \"bot\"`],
    ['no Accept', { accept: undefined }, 'the header accept is missing or empty'],
    ['an empty header', { 'x-page': '' }, 'the header x-page is missing or empty'],
    ['a denied address', { 'x-forwarded-for': '203.0.113.77' }, 'address=203.0.113.77 reason="its address is denied"'],
    [
      'the same in IPv6',
      { 'x-forwarded-for': '::ffff:203.0.113.78' },
      'address=::ffff:203.0.113.78 reason="its address is denied"',
    ],
    [
      'a denied network',
      { 'x-forwarded-for': '2001:db8:bad:1::1' },
      'address=2001:db8:bad:1::1 reason="its address is denied"',
    ],
  ])('refuses %s with a plain 403, and the log says why', async (_what, headers, reason) => {
    await expectRefused(headers, reason);
  });

  it('keeps queries out of the log, where tokens stand', async () => {
    await expectRefused(
      { origin: 'https://secrets.example' },
      String.raw`method=GET path=/guarded/checked address=127.0.0.1 reason="the origin \"https://secrets`,
    );

    expect(server.output).not.toContain('hunter2');
  });

  it('guards what is no stream as well', async () => {
    const init = { method: 'POST', body: {} };
    const allowed = await server.open('/guarded/checked-plain', { ...init, headers: PAGE });
    const refused = await server.open('/guarded/checked-plain', { ...init, headers: { ...PAGE, origin: 'null' } });

    expect(allowed.status).toBe(201);
    await expectPlainRefusal(refused);
  });

  it('does not soften a refusal for an EventSource: it is not to come back', async () => {
    await expectPlainRefusal(await open({ 'sec-fetch-mode': 'cors', origin: 'https://evil.example' }));
  });

  it('hears nothing of a header of 100 kB, which the server refuses, and others are served', async () => {
    const huge = await open({ origin: `https://${'a'.repeat(100_000)}.example.org` }).catch(() => undefined);

    // Node answers 431; on HTTP/2 it ends the session, perhaps without an answer.
    expect([431, undefined]).toContain(huge?.status);
    expect((await open({})).status).toBe(200);
  });
});

describe.each(ONE_OF_EACH)('an address that the client itself tells ($name)', (target) => {
  const security = { ip: { allow: ['192.0.2.0/24'] } };
  const server = useServer(target, { options: { security } });

  it.each([
    { 'x-forwarded-for': '192.0.2.1' },
    { 'x-real-ip': '192.0.2.1' },
    { forwarded: 'for=192.0.2.1' },
    { 'x-forwarded-for': '192.0.2.1, 127.0.0.1' },
  ])('is not believed without the setting for proxies: %j', async (headers) => {
    await expectPlainRefusal(await server.open('/guarded/checked', { headers }));
    await server.printed('address=127.0.0.1 reason="its address is not allowed"');
  });
});

describe.each(ONE_OF_EACH)('an address that a trusted proxy tells ($name)', (target) => {
  const security = { ip: { allow: ['192.0.2.0/24', '2001:db8::/32'] } };
  const server = useServer(target, { options: { security }, trustProxy: '127.0.0.1' });

  it.each([
    ['192.0.2.1', 200],
    ['2001:db8::1', 200],
    ['::ffff:192.0.2.1', 200],
    ['198.51.100.1', 403],
    // What the client wrote stands before what the proxy added.
    ['192.0.2.1, 198.51.100.1', 403],
    ['no address', 403],
  ])('counts: %s', async (forwarded, status) => {
    const client = await server.open('/guarded/checked', { headers: { 'x-forwarded-for': forwarded } });

    expect(client.status).toBe(status);
  });
});

describe.each(HTTP1)('bytes in headers that are no text ($name)', (target) => {
  const server = useServer(target, { options: { security: { userAgent: true } } });

  async function send(agent: string): Promise<RawSocket> {
    const socket = await RawSocket.connect(server.port);
    server.clients.add(socket);
    const head = `GET /guarded/checked HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\nUser-Agent: ${agent}\r\n\r\n`;
    socket.socket.write(Buffer.from(head, 'latin1'));
    return socket;
  }

  it('do not reach the log as control characters', async () => {
    const marker = unique('bot-');
    const answer = await (await send(`${marker}\u009b31m\u0085\u00ff\u0090`)).answer();

    expect(answer.statusLine).toContain('403');
    expect(JSON.parse(answer.body)).toEqual({ statusCode: 403, message: 'Forbidden' });
    await server.printed(marker);
    const lines = server.output.split('\n').filter((line) => line.includes(marker));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('SseSecurity');
    expect(lines[0]).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  });

  it('that HTTP forbids are refused before any guard', async () => {
    const answer = await (await send('Mozilla/5.0 \u001b]0;title\u0007')).answer();

    expect(answer.statusLine).toContain('400');
    expect(server.output).not.toContain('title');
  });
});

describe('an origin that a function judges', () => {
  const start = useApplications();

  it.each([
    ['https://a.example', 200],
    ['https://b.example', 403],
    [undefined, 403],
  ])('%s', async (origin, status) => {
    @UseGuards(SseRequestGuard)
    @Controller()
    class StreamsController {
      @SseStream()
      events() {
        return NEVER;
      }
    }
    const seen: unknown[] = [];
    const origins = async (asked: string | undefined, context: ExecutionContext) => {
      seen.push([asked, context.getHandler().name]);
      return asked === 'https://a.example';
    };
    const app = await start({ controllers: [StreamsController], options: { security: { origins } } });

    const client = await app.open('/', { headers: { origin } });

    expect(client.status).toBe(status);
    expect(seen).toEqual([[origin, 'events']]);
  });
});

describe('a guard of the application that extends ours', () => {
  const start = useApplications();

  @Injectable()
  class WeekdayGuard extends SseRequestGuard {
    protected override async problemOf(context: ExecutionContext): Promise<string | undefined> {
      const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, unknown> }>();
      return headers['x-weekday'] === 'sunday' ? 'it is Sunday' : super.problemOf(context);
    }
  }

  @UseGuards(WeekdayGuard)
  @Controller()
  class StreamsController {
    @SseStream()
    events() {
      return NEVER;
    }
  }

  it.each([
    [{ accept: 'text/event-stream', 'user-agent': 'x' }, 200],
    [{ accept: 'text/event-stream' }, 403],
    [{ accept: 'text/event-stream', 'user-agent': 'x', 'x-weekday': 'sunday' }, 403],
  ])('adds a rule to the others: %j', async (headers, status) => {
    const app = await start({ controllers: [StreamsController], options: { security: { headers: true } } });

    expect((await app.open('/', { headers })).status).toBe(status);
  });
});

async function expectPlainRefusal(client: SseTestClient): Promise<void> {
  expect(client.status).toBe(403);
  expect(JSON.parse(await client.text())).toEqual({ statusCode: 403, message: 'Forbidden' });
}
