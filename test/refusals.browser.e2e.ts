import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Browser, type Page } from 'playwright-core';
import { launchChromium } from './browser/launch-chromium.js';
import { HTTP1 } from './harness/matrix.js';
import { unique, useServer } from './harness/use-server.js';

const CONNECTING = 0;
const OPEN = 1;
const CLOSED = 2;

/** Refusals of every style, as the one client sees them that can't be told anything but by what it does then. */
describe.each(HTTP1.slice(0, 1))('an EventSource in a browser ($name) that', (target) => {
  const server = useServer(target, {
    options: {
      connections: { retry: 50, retryAfter: 50, expiringNotice: null },
      security: { connectRate: { perUser: { attempts: 2, window: 1_000 } } },
    },
  });
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  /** A page with an EventSource, and the statuses of its answers. */
  async function listening(path: string): Promise<{ page: Page; answers: number[] }> {
    const context = await browser.newContext();
    server.clients.add(context);
    const page = await context.newPage();
    const answers: number[] = [];
    page.on('response', (response) => {
      if (response.url() === server.url + path) answers.push(response.status());
    });
    // Any page of the same origin.
    await page.goto(`${server.url}/before/plain`);
    await page.evaluate(`window.source = new EventSource(${JSON.stringify(path)})`);
    return { page, answers };
  }

  const state = (page: Page, wanted: number) => page.waitForFunction(`window.source.readyState === ${wanted}`);

  it('meets a status gives up for good', async () => {
    await server.open('/limits/max-status');
    const { page, answers } = await listening('/limits/max-status');
    await state(page, CLOSED);
    expect(answers).toEqual([503]);
  });

  it.each(['/limits/max-retry', '/limits/max'])('is told when to come back does so, and gets in: %s', async (path) => {
    const others = [await server.open(path), await server.open(path)];
    const { page, answers } = await listening(path);
    while (answers.length < 3) await page.waitForEvent('response');
    expect(await page.evaluate('window.source.readyState')).toBe(CONNECTING);
    for (const other of others) await other.close();
    await state(page, OPEN);
    expect(new Set(answers)).toEqual(new Set([200]));
  });

  it.each([
    ['a channel that is not open to it', (user: string) => `/channels?c=secret.a&user=${user}`, 403],
    ['a channel that can not be', (user: string) => `/channels?c=$all&user=${user}`, 400],
    ['a token that has ended', (user: string) => `/channels?c=room&user=${user}&exp=1`, 401],
    ['a handler that throws', () => '/before/not-found', 404],
  ])('asks for %s gives up for good', async (_what, pathOf, status) => {
    const { page, answers } = await listening(pathOf(unique('user')));
    await state(page, CLOSED);
    expect(answers).toEqual([status]);
  });

  it('tries too often is told when to come back does so, and gets in', async () => {
    const { page } = await listening('/before/plain');
    const answers: string[] = [];
    page.on('response', async (response) => answers.push(await response.text().catch(() => '(a stream)')));
    // The window may be over before the browser has asked: then it was let in at once, which says nothing.
    while (!answers.some((body) => body.startsWith('retry: '))) {
      const path = `/guarded/rated?key=${unique()}&user=${unique('user')}`;
      for (let attempts = 0; attempts < 2; attempts++) await (await server.open(path)).close();
      await page.evaluate(`window.source = new EventSource(${JSON.stringify(path)})`);
      await state(page, OPEN);
      await page.evaluate('window.source.close()');
    }
  });

  it('tries too often where that is told by a status gives up for good', async () => {
    const { page } = await listening('/before/plain');
    let status = 200;
    while (status === 200) {
      const path = `/guarded/rated-status?user=${unique('user')}`;
      for (let attempts = 0; attempts < 2; attempts++) await (await server.open(path)).close();
      const answered = page.waitForResponse((response) => response.url() === server.url + path);
      await page.evaluate(`window.source = new EventSource(${JSON.stringify(path)})`);
      status = (await answered).status();
    }
    expect(status).toBe(429);
    await state(page, CLOSED);
  });

  it('is removed comes back once, and then no more', async () => {
    const user = unique('user');
    const path = `/channels?c=room&user=${user}&iat=${Date.now() / 1_000 - 60}`;
    const { page, answers } = await listening(path);
    await server.noted('opened$', user);
    await state(page, OPEN);

    await server.call('broadcast', 'disconnect', { user });
    await state(page, CLOSED);
    expect(answers).toEqual([200, 204]);

    // A page that is loaded again stays out.
    await page.evaluate(`window.source = new EventSource(${JSON.stringify(path)})`);
    await state(page, CLOSED);
    expect(answers).toEqual([200, 204, 401]);
  });

  it('gives way to a newer tab does not fight with it', async () => {
    const user = unique('user');
    const path = `/limits/user-replace?user=${user}`;
    const { page, answers } = await listening(path);
    await server.noted('opened$', user);
    await state(page, OPEN);
    await server.open(path);
    await server.open(path);
    await state(page, CLOSED);
    expect(answers).toEqual([200, 204]);
    expect(await server.call('counts', user, 'none')).toMatchObject({ user: 2 });
  });

  it('has a token that expires comes back with what it has then: an old one is refused', async () => {
    const user = unique('user');
    const { page, answers } = await listening(`/channels?c=room&user=${user}&exp=${Date.now() / 1_000 + 1}`);
    await server.noted('opened$', user);
    await state(page, CLOSED);
    expect(answers).toEqual([200, 401]);
  });
});
