import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Browser, type Page } from 'playwright-core';
import { launchChromium } from './browser/launch-chromium.js';
import { CuttableLink } from './browser/cuttable-link.js';
import { idsOf } from './harness/cursor.js';
import { HTTP1 } from './harness/matrix.js';
import { unique, useServer } from './harness/use-server.js';

/** What the page of the test has seen, and how it sees it. */
const LISTEN = `(url) => {
  window.got = [];
  window.source = new EventSource(url);
  for (const type of ['message', 'sse:reset']) {
    window.source.addEventListener(type, ({ lastEventId, data }) => window.got.push({ type, lastEventId, data }));
  }
}`;

interface Got {
  readonly type: string;
  readonly lastEventId: string;
  readonly data: string;
}

// The facts about EventSource on which resuming rests: an id without data moves its cursor, and it sends that back.
describe.each(HTTP1.slice(0, 1))('an EventSource in a browser ($name)', (target) => {
  const server = useServer(target, { options: { connections: { retry: 50 } } });
  let browser: Browser;
  let link: CuttableLink;

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  /** A page that listens to the channel over a link that can be cut. */
  async function listening(path: string): Promise<Page> {
    link = await CuttableLink.to(server.port);
    const context = await browser.newContext();
    server.clients.add(link).add(context);
    const page = await context.newPage();
    // Any page of the same origin.
    await page.goto(`${link.url}/before/plain`);
    await page.evaluate(`(${LISTEN})(${JSON.stringify(path)})`);
    return page;
  }

  async function got(page: Page, count: number): Promise<Got[]> {
    await page.waitForFunction(`window.got.length >= ${count}`);
    return page.evaluate<Got[]>('window.got');
  }

  it('misses nothing over two cuts, the first of them before it had any event', async () => {
    const [room, user] = [unique('room'), unique('user')];
    const page = await listening(`/channels?c=${room}&user=${user}`);
    await server.noted('opened$', user);
    await page.waitForFunction('window.source.readyState === 1');

    const published = [];
    for (let cut = 1; cut <= 2; cut++) {
      link.cut();
      await server.noted('closed$', user, cut);
      published.push(...(await server.call('burst', room, 3)));
      link.mend();
      await server.noted('opened$', user, cut + 1);
      published.push(...(await server.call('burst', room, 2)));
      await got(page, published.length);
    }

    expect((await got(page, 10)).map(({ lastEventId }) => lastEventId)).toEqual(idsOf(published));
  });

  it('gets no event for what only moves its cursor, and comes back from there', async () => {
    const [room, user] = [unique('room'), unique('user')];
    const page = await listening(`/channels?c=${room}&user=${user}`);
    await server.noted('opened$', user);
    await page.waitForFunction('window.source.readyState === 1');
    await server.call('burst', unique('elsewhere'), 3);
    await server.call('beat');
    const [event] = await server.call('burst', room, 1);

    expect((await got(page, 1)).map(({ lastEventId }) => lastEventId)).toEqual([event!.id]);
  });

  it('is told to reset when it comes with something else', async () => {
    const room = unique('room');
    const page = await listening(`/channels?c=${room}&lastEventId=something-else`);

    const [reset] = await got(page, 1);

    expect(reset).toMatchObject({ type: 'sse:reset' });
    expect(JSON.parse(reset!.data)).toEqual({ reason: 'unknown', channels: ['$all', room] });
    expect(reset!.lastEventId).toMatch(/-\d+$/);
  });
});
