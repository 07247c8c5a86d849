import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Browser, type BrowserContext, type Page } from 'playwright-core';
import { launchChromium } from './browser/launch-chromium.js';
import { from } from './harness/cursor.js';
import { HTTP1 } from './harness/matrix.js';
import { RedisServer } from './harness/redis-server.js';
import { TestServer } from './harness/test-server.js';
import { unique } from './harness/use-server.js';

/** What the page of the test has seen, and how it sees it. */
const LISTEN = `(url) => {
  window.got = [];
  window.opens = 0;
  window.source = new EventSource(url);
  window.source.addEventListener('open', () => window.opens++);
  window.source.addEventListener('message', ({ data, lastEventId }) => {
    window.got.push(JSON.parse(data).n);
    window.cursor = lastEventId;
  });
}`;
const RETRY = 50;

// Browsers start slowly on a busy machine.
jest.setTimeout(60_000);

describe.each(HTTP1.slice(0, 1))('an EventSource with a ticket in a browser ($name)', (target) => {
  let browser: Browser;
  let context: BrowserContext;
  let redis: RedisServer;
  let server: TestServer;
  let other: TestServer;

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  beforeEach(async () => {
    redis = await RedisServer.start();
    [server, other] = await Promise.all([start(), start()]);
    context = await browser.newContext();
  });
  afterEach(async () => {
    await context.close();
    await Promise.all([server.stop(), other.stop()]);
    await redis.stop();
  });

  function start(port?: number): Promise<TestServer> {
    const options = { connections: { retry: RETRY, retryAfter: RETRY } };
    return TestServer.start(target, { port, options, redis: { url: redis.url, publishTimeout: 300 } });
  }

  /** A page that opens an EventSource, and the statuses of the answers that this got. */
  async function listening(path: string): Promise<{ page: Page; statuses: number[] }> {
    const page = await context.newPage();
    const statuses: number[] = [];
    page.on('response', (response) => {
      if (response.url().includes('/tickets')) statuses.push(response.status());
    });
    // Any page of the same origin.
    await page.goto(`${server.url}/before/plain`);
    await page.evaluate(`(${LISTEN})(${JSON.stringify(path)})`);
    return { page, statuses };
  }

  async function got(page: Page, count: number): Promise<number[]> {
    await page.waitForFunction(`window.got.length >= ${count}`);
    return page.evaluate<number[]>('window.got');
  }

  async function publish(room: string, ...numbers: number[]): Promise<void> {
    for (const n of numbers) await other.call('broadcast', 'toChannel', room, { data: { n } });
  }

  it('loses nothing when its server is killed and started again, and gets nothing twice', async () => {
    const room = unique('room');
    const ticket = await other.call('issueTicket', { userId: 'ann' });
    const { page, statuses } = await listening(`/tickets?c=${room}&ticket=${ticket}`);
    await page.waitForFunction('window.source.readyState === 1');
    await publish(room, 1, 2);
    await got(page, 2);

    for (let restart = 0; restart < 2; restart++) {
      const { port } = server;
      await server.stop();
      await page.waitForFunction('window.source.readyState === 0');
      await publish(room, 3 + 4 * restart, 4 + 4 * restart);
      server = await start(port);
      await page.waitForFunction(`window.opens === ${restart + 2}`);
      await publish(room, 5 + 4 * restart, 6 + 4 * restart);
      await got(page, 6 + 4 * restart);
    }

    expect(await got(page, 10)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(statuses).toEqual([200, 200, 200]);
  });

  it('does not fight for its place when it was taken by who came with its cursor', async () => {
    const room = unique('room');
    const path = `/tickets?c=${room}&ticket=${await other.call('issueTicket', { userId: 'ann' })}`;
    const { page, statuses } = await listening(path);
    await page.waitForFunction('window.source.readyState === 1');
    await publish(room, 1);
    await got(page, 1);

    // A stopped server hears of it when it goes on.
    server.signal('SIGSTOP');
    const second = await other.open(path, from(await page.evaluate<string>('window.cursor')));
    server.signal('SIGCONT');

    await page.waitForFunction('window.source.readyState === 2');
    await publish(room, 2);
    expect((await second.next()).json()).toEqual({ n: 2 });
    expect(statuses.at(-1)).toBe(204);
  });

  it('that was copied to another page is refused there, ends, and does not ask again', async () => {
    const room = unique('room');
    const path = `/tickets?c=${room}&ticket=${await other.call('issueTicket', { userId: 'ann' })}`;
    const first = await listening(path);
    await first.page.waitForFunction('window.source.readyState === 1');

    const second = await listening(path);
    await second.page.waitForFunction('window.source.readyState === 2');
    await new Promise((resolve) => setTimeout(resolve, 20 * RETRY));

    expect(second.statuses).toEqual([401]);
    await publish(room, 1);
    expect(await got(first.page, 1)).toEqual([1]);
    expect(first.statuses).toEqual([200]);
  });

  it('is told to come back while Redis does not answer, and opens its stream when it does', async () => {
    const [room, user] = [unique('room'), unique('user')];
    const ticket = await other.call('issueTicket', { userId: user });
    redis.pause();
    const { page, statuses } = await listening(`/tickets?c=${room}&ticket=${ticket}`);
    await page.waitForFunction('window.opens > 0');
    expect(server.notesOf(user, 'opened$')).toEqual([]);
    redis.resume();

    await server.noted('opened$', user);
    await other.call('burst', room, 1).catch(() => other.call('burst', room, 1));
    await got(page, 1);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });
});
