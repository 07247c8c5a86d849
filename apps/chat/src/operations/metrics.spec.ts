import { afterEach, describe, expect, it } from '@jest/globals';
import { type ExecutionContext } from '@nestjs/common';
import { ChatApplication } from '../testing/chat-application.js';
import { MetricsReaderGuard } from './metrics-reader.guard.js';

const TOKEN = 'of the Prometheus of this test';

describe('the metrics of the chat', () => {
  let chat: ChatApplication;

  afterEach(async () => {
    await chat.close();
    delete process.env.METRICS_TOKEN;
  });

  it('are read on the machine itself, with no session', async () => {
    chat = await ChatApplication.start();
    const stream = await (await chat.person('Ada')).stream('lobby');
    const answer = await metrics();
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    expect(await answer.text()).toMatch(/^sse_connections 1$/m);
    stream.close();
  });

  it('are not read by whom a proxy on this machine has passed on', async () => {
    chat = await ChatApplication.start();
    for (const header of ['x-forwarded-for', 'forwarded']) {
      expect((await metrics({ [header]: 'for=203.0.113.7' })).status).toBe(403);
    }
  });

  it('are read with the token only, from wherever, where one is set', async () => {
    chat = await ChatApplication.start({ METRICS_TOKEN: TOKEN });
    for (const wrong of ['', 'Bearer ', `Bearer ${TOKEN.slice(1)}`, TOKEN]) {
      const answer = await metrics({ authorization: wrong });
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    }
    const authorization = `Bearer ${TOKEN}`;
    expect((await metrics({ authorization })).status).toBe(200);
    expect((await metrics({ authorization, 'x-forwarded-for': '203.0.113.7' })).status).toBe(200);
  });

  function metrics(headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${chat.url}/metrics`, { headers });
  }
});

describe('the guard of the metrics', () => {
  it.each(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])('takes %s for this machine', (remoteAddress) => {
    expect(new MetricsReaderGuard().canActivate(requestFrom(remoteAddress))).toBe(true);
  });

  it.each(['10.0.0.1', '::ffff:10.0.0.1', 'fe80::1', '', undefined])('does not take %s for it', (remoteAddress) => {
    expect(() => new MetricsReaderGuard().canActivate(requestFrom(remoteAddress))).toThrow('METRICS_TOKEN');
  });

  function requestFrom(remoteAddress: string | undefined): ExecutionContext {
    const request = { headers: {}, socket: { remoteAddress } };
    return { switchToHttp: () => ({ getRequest: () => request }) } as ExecutionContext;
  }
});
