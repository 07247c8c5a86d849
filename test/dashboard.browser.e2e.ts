import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, type BrowserContextOptions } from 'playwright-core';
import { launchChromium } from './browser/launch-chromium.js';
import { CuttableLink } from './browser/cuttable-link.js';
import { DashboardTab } from './browser/dashboard-tab.js';
import { SubPathProxy } from './browser/sub-path-proxy.js';
import { ONE_OF_EACH_NEST } from './harness/matrix.js';
import { openSlowly } from './harness/slow-reader.js';
import { unique, useServer } from './harness/use-server.js';

const screenshots = fileURLToPath(new URL('./screenshots/', import.meta.url));
const laptop = { width: 1280, height: 800 };
const phone = { width: 390, height: 844 };
const MAX = 30;
const PAGE_SIZE = 25;
const NODE = { latency: 3, cpu: 12.5, memory: 41, eventLoopDelay: 1.2, pid: 7 };
/** As the server tells of them. */
const NODES = [
  { ...NODE, node: '8f3a61c2', host: 'web-5c9d7f-x2k4q', connections: 302, sent: 1_020, published: 2 },
  { ...NODE, node: 'b01d9e77', host: 'web-5c9d7f-m8r5t', connections: 4_100, sent: 28_000, published: 50 },
  { ...NODE, node: 'e45c0a9b', host: 'web-5c9d7f-w6n1z', connections: 800, sent: 2_000, published: 10 },
].map((node, index) => ({
  ...node,
  level: ['normal', 'critical', 'elevated'][index],
  shedding: ['none', 'low-priority', 'batching'][index],
  queuedBytes: index * 3_000_000,
  uptime: 9e6 * (index + 1),
  age: index * 3_900,
  isOwn: index === 0,
}));
const HOSTILE = '<img src=x onerror="document.title=1">';

// Browsers start slowly on a busy machine.
jest.setTimeout(90_000);

describe.each(ONE_OF_EACH_NEST)('the dashboard ($name)', (target) => {
  let browser: Browser;
  const contexts: BrowserContext[] = [];
  const tabs: DashboardTab[] = [];
  const others: { close(): void }[] = [];

  // On one of them the application has a prefix.
  const prefix = target.nest === 11 ? 'internal/api' : undefined;
  const base = prefix === undefined ? '' : `/${prefix}`;
  const path = `${base}/sse-dashboard`;

  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    for (const other of others.splice(0)) other.close();
    const seen = tabs.splice(0);
    expect(seen.flatMap(({ faults }) => faults)).toEqual([]);
    expect(seen.flatMap(({ requested }) => requested).filter((url) => !url.startsWith('http://127.0.0.1:'))).toEqual(
      [],
    );
  });

  const server = useServer(target, {
    dashboard: true,
    prefix,
    options: {
      connections: { max: MAX, retry: 200, retryAfter: 200 },
      monitoring: { interval: 1_000, degrade: false },
    },
  });

  beforeAll(async () => {
    await mkdir(screenshots, { recursive: true });
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  async function newTab(
    url = server.url,
    options: BrowserContextOptions = { viewport: laptop },
  ): Promise<DashboardTab> {
    const context = await browser.newContext(options);
    context.setDefaultTimeout(15_000);
    contexts.push(context);
    await context.addCookies([{ name: 'session', value: 'operator', url }]);
    const tab = new DashboardTab(await context.newPage());
    tabs.push(tab);
    return tab;
  }

  async function openDashboard(options?: BrowserContextOptions): Promise<DashboardTab> {
    return (await newTab(server.url, options)).open(`${server.url}${path}`);
  }

  function listen(user: string, ...channels: string[]) {
    const query = channels.map((channel) => `&c=${encodeURIComponent(channel)}`).join('');
    return server.open(`${base}/channels?user=${encodeURIComponent(user)}${query}`);
  }

  async function idOf(user: string): Promise<string> {
    const [connection] = (await server.call('byUser', user)) as { id: string }[];
    return connection!.id;
  }

  // The first of all: no plot begins with what an earlier one has shown.
  if (target.nest === 12) {
    it('shows live what goes on, and what went on before to who comes again', async () => {
      const room = unique('room');
      const tab = await openDashboard();
      await tab.untilValue('Connections', 'open', (value) => value === '1');
      await tab.nextLook();
      expect(await tab.heightOf('Connections')).toBeLessThan(0.1);

      const clients = [];
      for (let n = 0; n < 9; n++) clients.push(await listen(`user-${n}`, room));
      await server.call('burst', room, 50);
      await tab.untilValue('Connections', 'open', (value) => value === '10');
      await tab.untilValue('Events a second', 'sent', (value) => parseFloat(value) >= 20);
      await tab.untilValue('Bytes a second', 'sent', (value) => /KiB|MiB/.test(value));
      expect(await tab.heightOf('Connections')).toBeGreaterThan(0.4);

      await Promise.all(clients.map((client) => client.close()));
      await tab.untilValue('Connections', 'open', (value) => value === '1');

      await tab.page.reload();
      await tab.untilValue('Connections', 'open', (value) => value === '1');
      expect(await tab.heightOf('Connections')).toBeGreaterThan(0.4);
    });
  }

  it('looks into a connection and ends it, whose client is told not to come back', async () => {
    const [user, room] = [unique('ann'), unique('room')];
    const client = await listen(user, room, unique('room'));
    const tab = await openDashboard();
    await tab.lookInto(user);
    await tab.dialog.getByText('Channels: 4').waitFor();
    await tab.dialog.getByText(room, { exact: true }).waitFor();
    await tab.dialog.getByText(await idOf(user), { exact: true }).waitFor();

    await tab.dialog.getByRole('button', { name: 'End this connection' }).click();
    await tab.dialog.getByRole('button', { name: 'Keep it' }).click();
    expect(await server.call('byUser', user)).toHaveLength(1);
    await tab.dialog.getByRole('button', { name: 'End this connection' }).click();
    await tab.dialog.getByRole('button', { name: 'End it now' }).click();
    await tab.dialog.getByText('This connection has ended.').waitFor();

    const events = await client.untilClosed();
    expect(events.at(-1)).toMatchObject({ type: 'sse:end', data: '{"reason":"kicked"}' });
    expect((await server.noted('closed$', user)).detail).toMatchObject({ reason: 'kicked' });
    await server.printed(new RegExp(`Ends connection \\S+ of "${user}", asked by "operator"`));
    await tab.page.keyboard.press('Escape');
    await tab.untilNames(['operator']);
  });

  // The rest is the page's own: the platform has no part in it.
  if (target.nest === 11) return;

  it('sorts, filters and pages where the data is, and shows names as the text that they are', async () => {
    const busy = unique('room');
    await listen(HOSTILE, busy, '<b>bold</b>');
    for (let user = 0; user < PAGE_SIZE + 1; user++)
      await listen(`user-${String(user).padStart(2, '0')}`, unique('room'));
    await server.call('burst', busy, 100);
    const tab = await openDashboard();
    const { page } = tab;

    await tab.sortBy('User');
    await tab.untilNames([
      HOSTILE,
      'operator',
      ...Array.from({ length: PAGE_SIZE - 2 }, (_, n) => `user-${String(n).padStart(2, '0')}`),
    ]);
    await tab.summary.getByText('28 connections, page 1 of 2').waitFor();
    await page.getByText('this page', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Next' }).click();
    await tab.untilNames(['user-23', 'user-24', 'user-25']);

    await tab.sortBy('Events');
    await page.locator('tbody:visible tr').first().getByText(HOSTILE).waitFor();
    const events = page.getByRole('columnheader', { name: 'Events' });
    expect(await events.getAttribute('aria-sort')).toBe('descending');
    await tab.filter('R-1');
    await tab.summary.getByText('10 of 28 connections').waitFor();
    await tab.filter('nobody of this name');
    await page.getByText('There is no such connection.').waitFor();

    await tab.filter('');
    await page.getByRole('tab', { name: 'Channels' }).click();
    await tab.filter('<B>');
    await page.getByRole('button', { name: 'Show who listens to <b>bold</b>' }).click();
    await tab.untilNames([HOSTILE]);
    await page.getByRole('button', { name: 'Show all connections' }).click();
    await tab.summary.getByText('28 connections, page 1 of 2').waitFor();
    expect(await page.locator('td img, td b, th b, .chip b').count()).toBe(0);
    expect(await page.title()).toBe('Event streams');
  });

  it('shows the nodes, how they are and what they do together, and says when the others are out of sight', async () => {
    const tab = await openDashboard();
    const { page } = tab;
    await page.getByRole('tab', { name: 'Nodes' }).click();
    await tab.untilNames([await page.locator('#node').innerText()]);
    await page.getByText('this node', { exact: true }).waitFor();
    await page.getByText('All nodes: 1 open').waitFor();

    await tab.answerNodes(NODES);
    await tab.sortBy('Connections');
    await page.getByText('All nodes: 5,202 open · 31K sent/s · 62 published/s').waitFor();
    expect(tab.requested.filter((url) => url.includes('/nodes')).at(-1)).toContain('sort=connections&order=desc');
    await page.locator('td[data-level=critical]').getByText('critical').waitFor();

    await tab.answerNodes(NODES.slice(0, 1), 'Redis does not answer.');
    await tab.sortBy('Node');
    await page.getByText('The other nodes can not be seen, this one only. Redis does not answer.').waitFor();
    await tab.answerNodes();
    await tab.sortBy('Latency');
    await page.getByText('The other nodes can not be seen').waitFor({ state: 'hidden' });
  });

  it('can be used by the keyboard alone', async () => {
    const user = unique('ann');
    await listen(user, unique('room'));
    const { page, dialog } = await openDashboard();
    await page.getByRole('tab', { name: 'Connections' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.getByText('Listeners').waitFor();
    await page.keyboard.press('ArrowLeft');

    await page.getByRole('button', { name: `Look into the connection of ${user}` }).focus();
    await page.keyboard.press('Enter');
    await dialog.getByText(user, { exact: true }).waitFor();
    await page.keyboard.press('Escape');
    expect(await dialog.count()).toBe(0);
    expect(await page.evaluate<string>('document.activeElement.textContent')).toBe(user);
  });

  it('says that it is cut off, and goes on by itself', async () => {
    const link = await CuttableLink.to(server.port);
    others.push(link);
    const tab = await (await newTab(link.url)).open(`${link.url}${path}`);

    link.cut();
    await tab.link('Disconnected').waitFor();
    await tab.page.getByText('The server does not answer.').waitFor();
    link.mend();
    await tab.link('Live').waitFor();
    await tab.page.getByText('The server does not answer.').waitFor({ state: 'hidden' });
  });

  it('shows what goes on where it gets no stream, as when the server takes no more of them', async () => {
    const clients = [];
    for (let n = 0; n < MAX; n++) clients.push(await listen(unique('ann'), unique('room')));
    const tab = await newTab();
    await tab.page.clock.install();
    await tab.page.goto(`${server.url}${path}`);
    await tab.page.clock.fastForward(2_500);
    await tab.link('Asking').waitFor();
    await tab.untilValue('Connections', 'open', (value) => value === String(MAX));

    await clients[0]!.close();
    await tab.link('Live').waitFor();
  });

  it('does not fight for a stream that the server has ended for good', async () => {
    const tab = await newTab();
    await tab.page.clock.install();
    await tab.open(`${server.url}${path}`);
    await server.call('closeAll', 'replaced');
    await tab.link('Asking').waitFor();

    const asked = tab.page.waitForResponse('**/look');
    await tab.page.clock.fastForward(60_000);
    await asked;
    expect(tab.requested.filter((url) => url.endsWith('/live'))).toHaveLength(1);
  });

  it('says that it is not allowed any more', async () => {
    const tab = await openDashboard();
    await tab.page.context().clearCookies();
    await server.call('closeAll', 'shutdown');
    await tab.link('Refused').waitFor();
    await tab.page.getByText('sign in again').waitFor();
  });

  it('works behind a proxy that shows it below another path', async () => {
    const proxy = await SubPathProxy.to(server.port, '/tools/sse');
    others.push(proxy);
    await listen('ann', unique('room'));
    const tab = await (await newTab(new URL(proxy.url).origin)).open(`${proxy.url}${path}`);
    await tab.lookInto('ann');
    await tab.dialog.getByRole('button', { name: 'End this connection' }).click();
    await tab.dialog.getByRole('button', { name: 'End it now' }).click();
    await tab.dialog.getByText('This connection has ended.').waitFor();
  });

  const devices: [string, BrowserContextOptions][] = [
    ['laptop', { viewport: laptop }],
    ['phone', { viewport: phone, hasTouch: true, isMobile: true }],
  ];
  it.each(devices)('fits the screen of a %s, in a light look and in a dark one', async (device, options) => {
    const room = 'room.a-room-whose-name-is-rather-long-and-has-no-place-to-break-it-anywhere';
    const people = ['ada', 'grace', 'edsger', 'a-user-whose-name-is-longer-than-anybody-would-have-thought-possible'];
    for (const name of people) await listen(name, room, 'lobby', `desk.${name}`);
    await server.open(`${base}/channels?c=lobby`);
    await openSlowly(server, `${base}/channels?user=mallory&c=${room}`);
    const tab = await openDashboard(options);
    const { page } = tab;
    for (let beat = 0; beat < 2; beat++) {
      await server.call('burst', room, 40, 60_000);
      await tab.nextLook();
    }
    const look = async (name: string, fullPage: boolean) => {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.screenshot({ path: `${screenshots}${device}-${colorScheme}-${name}.png`, fullPage });
        const isWide = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';
        expect(await page.evaluate<boolean>(isWide)).toBe(false);
      }
    };
    await page.getByRole('button', { name: 'Look into the connection of mallory' }).waitFor();
    await look('dashboard', true);
    await tab.answerNodes(NODES);
    await page.getByRole('tab', { name: 'Nodes' }).click();
    await page.getByText('this node', { exact: true }).scrollIntoViewIfNeeded();
    await look('dashboard-nodes', false);
    await page.getByRole('tab', { name: 'Connections' }).click();
    await page.getByRole('button', { name: 'Look into the connection of mallory' }).click();
    await page.getByRole('dialog').getByText('does not read').waitFor();
    await page.getByRole('button', { name: 'End this connection' }).click();
    await look('dashboard-connection', false);
  });
});
