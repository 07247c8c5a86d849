import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium } from 'playwright-core';
import { ADMIN_PASSWORD, ChatServer, type ChatServerInit } from './browser/chat-server.js';
import { CuttableLink } from './browser/cuttable-link.js';
import { ChatTab } from './browser/chat-tab.js';
import { RedisServer } from './harness/redis-server.js';

const screenshots = fileURLToPath(new URL('./screenshots/', import.meta.url));
const laptop = { width: 1280, height: 800 };
const phone = { width: 390, height: 844 };

// Browsers start slowly on a busy machine.
jest.setTimeout(90_000);

describe('the chat in a browser', () => {
  let browser: Browser;
  let server: ChatServer;
  let contexts: BrowserContext[];
  let tabs: ChatTab[];
  let links: CuttableLink[];
  let others: ChatServer[];
  let redis: RedisServer | undefined;

  beforeAll(async () => {
    await mkdir(screenshots, { recursive: true });
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
  });

  beforeEach(async () => {
    contexts = [];
    tabs = [];
    links = [];
    others = [];
    redis = undefined;
    server = await ChatServer.start();
  });

  afterEach(async () => {
    await Promise.all(contexts.map((context) => context.close()));
    for (const link of links) link.close();
    await Promise.all([server, ...others].map((node) => node.kill()));
    await redis?.stop();
    expect(tabs.flatMap(({ faults }) => faults)).toEqual([]);
  });

  afterAll(() => browser.close());

  /** A browser of its own: other cookies, other connections. */
  async function newBrowser(options: BrowserContextOptions = { viewport: laptop }): Promise<BrowserContext> {
    const context = await browser.newContext(options);
    context.setDefaultTimeout(15_000);
    contexts.push(context);
    return context;
  }

  async function newTab(context: BrowserContext): Promise<ChatTab> {
    const tab = await ChatTab.of(await context.newPage());
    tabs.push(tab);
    return tab;
  }

  /** Somebody with a browser of his own, at this test's server or at another. */
  async function person(name: string, { url = server.url, password, ...options }: PersonInit = {}): Promise<ChatTab> {
    return (await newTab(await newBrowser({ viewport: laptop, ...options }))).signIn(url, name, password);
  }

  function admin(name: string, init: PersonInit = {}): Promise<ChatTab> {
    return person(name, { password: ADMIN_PASSWORD, ...init });
  }

  async function newLink(to: ChatServer): Promise<CuttableLink> {
    const link = await CuttableLink.to(to.port);
    links.push(link);
    return link;
  }

  async function newNode(init: ChatServerInit): Promise<ChatServer> {
    const node = await ChatServer.start(init);
    others.push(node);
    return node;
  }

  it('brings what one person says to the other, under the name of the session', async () => {
    const [ada, grace] = [await person('Ada'), await person('Grace')];
    await ada.write('Good morning');
    await grace.bubble('Good morning').getByText('Ada', { exact: true }).waitFor();
    await ada.bubble('Good morning').getByText('You', { exact: true }).waitFor();

    await grace.write('Good morning to you');
    await ada.bubble('Good morning to you').getByText('Grace', { exact: true }).waitFor();
    expect(await ada.page.locator('.message').count()).toBe(2);
  });

  it('tells who is typing, to the others only', async () => {
    const [ada, grace] = [await person('Ada'), await person('Grace')];
    await grace.input.pressSequentially('Well');
    await ada.typing.getByText('Grace is typing…').waitFor();
    expect(await grace.typing.textContent()).toBe('');

    await grace.input.press('Enter');
    await ada.bubble('Well').waitFor();
    expect(await ada.typing.textContent()).toBe('');
  });

  it('shows who is here while they are, once however many tabs they have', async () => {
    const ada = await person('Ada');
    const grace = await newBrowser();
    await (await newTab(grace)).signIn(server.url, 'Grace');
    const second = await (await newTab(grace)).open(server.url);
    await ada.personHere('Grace').waitFor();
    expect(await ada.personHere('Grace').count()).toBe(1);

    await second.page.close();
    await ada.write('Still here?');
    await tabs[1]!.bubble('Still here?').waitFor();
    expect(await ada.personHere('Grace').count()).toBe(1);

    await tabs[1]!.page.close();
    await ada.personHere('Grace').waitFor({ state: 'detached' });
  });

  it('carries rooms that are made and joined while the page is open', async () => {
    const [ada, grace] = [await person('Ada'), await person('Grace')];
    await ada.createRoom('Compilers');
    await ada.write('Early birds');
    await grace.joinRoom('compilers');
    // Said before: it is in the history of the room. Said afterwards: it comes as it is said.
    await grace.bubble('Early birds').waitFor();
    await ada.personHere('Grace').waitFor();
    await ada.write('Welcome');
    await grace.bubble('Welcome').waitFor();

    await grace.page.getByRole('button', { name: 'Leave' }).click();
    await grace.page.getByRole('button', { name: 'Join compilers' }).waitFor();
    await ada.personHere('Grace').waitFor({ state: 'detached' });
  });

  it('shows a newcomer what was said before, and nothing of it as unread', async () => {
    const ada = await person('Ada');
    await ada.createRoom('Compilers');
    await ada.write('In another room');
    await ada.thread('lobby').click();
    for (const text of ['First', 'Second', 'Third']) await ada.write(text);
    await ada.bubble('Third').waitFor();

    const grace = await person('Grace');
    await grace.bubble('Third').waitFor();
    expect(await grace.page.locator('.message .text').allTextContents()).toEqual(['First', 'Second', 'Third']);
    await grace.joinRoom('compilers');
    await grace.bubble('In another room').waitFor();
    await grace.page.reload();
    await grace.connected();
    await grace.bubble('In another room').waitFor();
    expect(await grace.page.locator('.badge:visible').count()).toBe(0);
  });

  it('keeps direct messages between two people, and counts the unread ones', async () => {
    const [ada, grace, mallory] = [await person('Ada'), await person('Grace'), await person('Mallory')];
    await ada.writeTo('Grace');
    await ada.write('Just between us');
    await grace.thread('Ada').locator('.badge', { hasText: '1' }).waitFor();
    await grace.thread('Ada').click();
    await grace.bubble('Just between us').waitFor();
    await grace.thread('Ada').locator('.badge').waitFor({ state: 'hidden' });

    await grace.write('Of course');
    await ada.bubble('Of course').waitFor();
    expect(await mallory.thread('Ada').count()).toBe(0);
  });

  it('gives all tabs of a person everything, and ends all of them when the person signs out', async () => {
    const context = await newBrowser();
    const first = await (await newTab(context)).signIn(server.url, 'Ada');
    const second = await (await newTab(context)).open(server.url);
    await first.createRoom('Compilers');
    await second.thread('compilers').click();
    await first.write('In both');
    await second.bubble('In both').waitFor();

    await second.page.getByRole('button', { name: 'Sign out' }).click();
    await first.page.getByRole('button', { name: 'Come in' }).waitFor();
    await first.page.getByText('You have signed out.').waitFor();
  });

  it('shows HTML as the text that it is', async () => {
    const [ada, grace] = [await person('<b>Ada</b>'), await person('Grace')];
    const attack = '<img src=x onerror="document.title = \'broken\'"><script>document.title = "broken"</script>';
    await ada.write(attack);
    await grace.bubble(attack).getByText('<b>Ada</b>', { exact: true }).waitFor();
    expect(await grace.page.locator('.messages img, .messages script, .messages b').count()).toBe(0);
    expect(await grace.page.title()).toBe('Chat');
  });

  it('says why something was refused and keeps what was written', async () => {
    const context = await newBrowser();
    await person('Ada');
    const second = await newTab(context);
    await second.page.goto(server.url);
    await second.page.getByLabel('Your name').fill('ADA');
    await second.page.getByRole('button', { name: 'Come in' }).click();
    await second.page.getByText('Somebody called Ada is here already').waitFor();

    await server.kill();
    await tabs[0]!.write('Is anybody there?');
    await tabs[0]!.page.getByText('Not sent: The server can not be reached').waitFor();
    expect(await tabs[0]!.input.inputValue()).toBe('Is anybody there?');
  });

  it('tells of a restart without Redis, which nothing outlives, and goes on from there', async () => {
    const [ada, grace] = [await person('Ada'), await person('Grace')];
    await ada.createRoom('Compilers');
    await ada.thread('lobby').click();
    await ada.write('Before');
    await grace.bubble('Before').waitFor();

    await server.kill();
    await ada.connection('reconnecting').waitFor();
    await ada.page.screenshot({ path: `${screenshots}laptop-reconnecting.png` });
    server = await server.restart();
    await Promise.all([ada.connected(), grace.connected()]);
    await ada.notice.getByText('The server was restarted, and what was said before is gone.').waitFor();
    await ada.bubble('Before').waitFor({ state: 'detached' });
    await ada.page.screenshot({ path: `${screenshots}laptop-reset.png` });
    expect(ada.events.find(({ type }) => type === 'sse:reset')?.data).toContain('"reason":"epoch"');

    // The same people, in the same rooms.
    await grace.write('After');
    await ada.bubble('After').waitFor();
    await ada.personHere('Grace').waitFor();
    await grace.joinRoom('compilers');
    await grace.personHere('Ada').waitFor();
  });

  it('brings what was said while a tab was cut off, once, and nothing else anew', async () => {
    const link = await newLink(server);
    const ada = await person('Ada', { url: link.url });
    const grace = await person('Grace');
    await ada.write('Before');
    await grace.bubble('Before').waitFor();
    await grace.writeTo('Ada');

    link.cut();
    await ada.connection('reconnecting').waitFor();
    await grace.write('Where are you?');
    await grace.bubble('Where are you?').waitFor();
    await grace.thread('lobby').click();
    await grace.write('Meanwhile');
    await grace.bubble('Meanwhile').waitFor();
    link.mend();
    await ada.bubble('Meanwhile').waitFor();
    await ada.thread('Grace').locator('.badge', { hasText: '1' }).waitFor();
    await grace.write('Afterwards');
    await ada.bubble('Afterwards').waitFor();

    expect(await ada.page.locator('.message .text').allTextContents()).toEqual(['Before', 'Meanwhile', 'Afterwards']);
    for (const text of ['Before', 'Where are you?', 'Meanwhile', 'Afterwards']) expect(ada.timesReceived(text)).toBe(1);
    expect([ada.count('welcome'), ada.count('sse:reset')]).toEqual([1, 0]);
    await ada.notice.waitFor({ state: 'hidden' });
  });

  it('misses nothing when it was cut off before its first message', async () => {
    const link = await newLink(server);
    const ada = await person('Ada', { url: link.url });
    const grace = await person('Grace');
    link.cut();
    await ada.connection('reconnecting').waitFor();
    await grace.write('The very first');
    await grace.bubble('The very first').waitFor();
    link.mend();
    await ada.bubble('The very first').waitFor();
    expect([ada.timesReceived('The very first'), ada.count('welcome'), ada.count('sse:reset')]).toEqual([1, 1, 0]);
  });

  it('keeps a direct message for somebody who is away, until he signs in', async () => {
    const [ada, grace] = [await person('Ada'), await person('Grace')];
    await grace.writeTo('Ada');
    await ada.signOut();
    await grace.page.getByText('not here at the moment').waitFor();
    await grace.write('Read this when you are back');
    await grace.bubble('Read this when you are back').waitFor();

    await ada.signIn(server.url, 'Ada');
    await ada.thread('Grace').locator('.badge', { hasText: '1' }).waitFor();
    await ada.thread('Grace').click();
    await ada.bubble('Read this when you are back').waitFor();
    expect(await ada.page.locator('.message').count()).toBe(1);
    expect(ada.timesReceived('Read this when you are back')).toBe(1);

    await ada.page.reload();
    await ada.connected();
    await ada.bubble('Read this when you are back').waitFor();
    expect(await ada.page.locator('.message').count()).toBe(1);
    expect(await ada.page.locator('.badge:visible').count()).toBe(0);
  });

  describe('on two nodes behind one Redis', () => {
    let second: ChatServer;

    beforeEach(async () => {
      redis = await RedisServer.start();
      await server.kill();
      [server, second] = await Promise.all([ChatServer.start({ redis: redis.url }), newNode({ redis: redis.url })]);
    });

    it('is one chat: people, rooms, messages and sessions', async () => {
      const ada = await person('Ada');
      const grace = await person('Grace', { url: second.url });
      await ada.personHere('Grace').waitFor();
      await grace.personHere('Ada').waitFor();
      await ada.write('Hello over there');
      await grace.bubble('Hello over there').waitFor();
      await grace.input.pressSequentially('Well');
      await ada.typing.getByText('Grace is typing…').waitFor();
      await grace.input.press('Enter');
      await ada.bubble('Well').waitFor();

      await grace.writeTo('Ada');
      await grace.write('Just between us');
      await ada.thread('Grace').locator('.badge', { hasText: '1' }).waitFor();
      await ada.createRoom('Compilers');
      await grace.joinRoom('compilers');
      await ada.personHere('Grace').waitFor();

      const taken = await newTab(await newBrowser());
      await taken.page.goto(second.url);
      await taken.page.getByLabel('Your name').fill('ada');
      await taken.page.getByRole('button', { name: 'Come in' }).click();
      await taken.page.getByText('Somebody called Ada is here already').waitFor();

      // The same browser at the other node is the same person, who signs out on both.
      const adaThere = await (await newTab(ada.page.context())).open(second.url);
      await adaThere.signOut();
      await ada.page.getByText('You have signed out.').waitFor();
      await grace.personHere('Ada').waitFor({ state: 'detached' });
    });

    it('loses nothing when a node is killed and started again', async () => {
      const [ada, grace] = [await person('Ada'), await person('Grace', { url: second.url })];
      await ada.write('Before');
      await grace.bubble('Before').waitFor();
      await grace.writeTo('Ada');

      await server.kill();
      await ada.connection('reconnecting').waitFor();
      await grace.write('To you alone');
      await grace.bubble('To you alone').waitFor();
      await grace.thread('lobby').click();
      await grace.write('Meanwhile');
      await grace.bubble('Meanwhile').waitFor();
      server = await server.restart();
      await ada.bubble('Meanwhile').waitFor();
      await ada.thread('Grace').locator('.badge', { hasText: '1' }).waitFor();
      await ada.write('Afterwards');
      await grace.bubble('Afterwards').waitFor();

      for (const text of ['Before', 'To you alone', 'Meanwhile']) expect(ada.timesReceived(text)).toBe(1);
      expect([ada.count('welcome'), ada.count('sse:reset')]).toEqual([1, 0]);
      expect(await ada.page.locator('.message .text').allTextContents()).toEqual(['Before', 'Meanwhile', 'Afterwards']);
    });

    it('removes somebody from the other node, and keeps him out of both', async () => {
      const [ada, mallory] = [await admin('Ada'), await person('Mallory', { url: second.url })];
      await ada.personHere('Mallory').waitFor();
      await ada.broadcast('Somebody is too loud');
      await mallory.announcement('Somebody is too loud').waitFor();

      await ada.kick('Mallory', 'Too loud');
      await mallory.removed.waitFor();
      await mallory.page.getByText('Too loud', { exact: true }).waitFor();
      await ada.personHere('Mallory').waitFor({ state: 'detached' });
      expect(mallory.streamAnswers).toEqual([200]);
      for (const node of [server, second]) {
        await mallory.page.goto(node.url);
        await mallory.trySignIn('Mallory');
        await mallory.page.getByRole('alert').getByText('You were removed by an admin').waitFor();
      }
    });

    it('says so when Redis has come back without its data', async () => {
      const [ada, grace] = [await person('Ada'), await person('Grace', { url: second.url })];
      await ada.write('Before');
      await grace.bubble('Before').waitFor();

      await redis!.kill();
      await ada.write('To nobody');
      await ada.page.getByText('Not sent: The chat can not reach its Redis at the moment').waitFor();
      expect(await ada.connection('connected').count()).toBe(1);

      await redis!.restart({ keepData: false });
      await Promise.all([ada, grace].map((tab) => tab.notice.getByText('what was said before is gone').waitFor()));
      await ada.bubble('Before').waitFor({ state: 'detached' });
      await grace.write('After');
      await ada.bubble('After').waitFor();
      await ada.personHere('Grace').waitFor();
    });
  });

  describe('with an admin', () => {
    it('shows everybody what he tells all, in whichever room they are, until they dismiss it', async () => {
      const [ada, grace] = [await admin('Ada'), await person('Grace')];
      await grace.createRoom('Compilers');
      await ada.broadcast('Tea is ready');
      await grace.announcement('Tea is ready').waitFor();
      await grace.thread('lobby').click();
      await grace.announcement('Tea is ready').waitFor();
      await ada.broadcast('Tea is over');
      await grace.announcement('Tea is over').waitFor();
      await grace.page.getByRole('button', { name: 'Dismiss this announcement' }).click();
      await grace.announcement('Tea is over').waitFor({ state: 'hidden' });
      expect(grace.timesReceived('Tea is ready')).toBe(1);
    });

    it('closes all tabs of whom he removes, which say why and stay closed', async () => {
      const [ada, grace] = [await admin('Ada'), await person('Grace')];
      const context = await newBrowser();
      const mallory = [await (await newTab(context)).signIn(server.url, 'Mallory')];
      mallory.push(await (await newTab(context)).open(server.url));
      await ada.personHere('Mallory').waitFor();

      await ada.kick('Mallory', 'Too loud');
      for (const tab of mallory) {
        await tab.removed.waitFor();
        await tab.page.getByText('Too loud', { exact: true }).waitFor();
      }

      // He leaves the list when the time is over in which his browser would have come back.
      await grace.personHere('Mallory').waitFor({ state: 'detached' });
      expect(mallory.map(({ streamAnswers }) => streamAnswers)).toEqual([[200], [200]]);
      for (const tab of mallory) expect(await tab.removed.isVisible()).toBe(true);
      await grace.write('Quiet, at last');
      await ada.bubble('Quiet, at last').waitFor();
    });

    it('keeps him out whom he removed, who loads the page again, tries another name, or has a new tab', async () => {
      const [ada, mallory] = [await admin('Ada'), await person('Mallory')];
      await ada.personHere('Mallory').waitFor();
      const kept = await mallory.page.context().cookies();
      await ada.kick('Mallory');
      await mallory.removed.waitFor();

      const answer = mallory.nextAnswer('/session');
      await mallory.page.reload();
      expect((await answer).status()).toBe(401);
      for (const name of ['Mallory', 'Victor']) {
        await mallory.trySignIn(name);
        await mallory.page.getByRole('alert').getByText('You were removed by an admin').waitFor();
        await mallory.page.reload();
      }
      const copy = await newBrowser();
      await copy.addCookies(kept);
      const elsewhere = await newTab(copy);
      await elsewhere.page.goto(server.url);
      await elsewhere.page.getByRole('button', { name: 'Come in' }).waitFor();
      expect((await copy.request.get(`${server.url}/events`)).status()).toBe(401);
      expect([mallory.streamAnswers, elsewhere.streamAnswers]).toEqual([[200], []]);
    });

    it('removes somebody who is cut off just then: he learns it when he comes back', async () => {
      const link = await newLink(server);
      const [ada, mallory] = [await admin('Ada'), await person('Mallory', { url: link.url })];
      await ada.personHere('Mallory').waitFor();
      link.cut();
      await mallory.connection('reconnecting').waitFor();
      await ada.kick('Mallory', 'Too loud');
      link.mend();
      await mallory.removed.waitFor();
    });

    it('lets nobody else do any of it', async () => {
      const [ada, mallory] = [await admin('Ada'), await person('Mallory')];
      await mallory.personHere('Ada').waitFor();
      await ada.adminControls.first().waitFor();
      expect(await mallory.adminControls.count()).toBe(0);

      const { request } = mallory.page.context();
      const { userId } = (await (await ada.page.context().request.get(`${server.url}/session`)).json()) as {
        userId: string;
      };
      const kick = await request.post(`${server.url}/people/${encodeURIComponent(userId)}/kick`, { data: {} });
      const announcement = await request.post(`${server.url}/announcements`, { data: { text: 'I am the admin' } });
      expect([kick.status(), announcement.status()]).toEqual([403, 403]);
      await mallory.write('Nothing happened');
      await ada.bubble('Nothing happened').waitFor();
      expect([ada.count('announcement'), ada.count('sse:end')]).toEqual([0, 0]);
    });

    it('takes nobody for one who has no password, and says so', async () => {
      const mallory = await newTab(await newBrowser());
      await mallory.page.goto(server.url);
      await mallory.trySignIn('Mallory', 'a guess');
      await mallory.page.getByText('This is not the admin password').waitFor();
      await mallory.page.getByLabel('Admin password').fill(ADMIN_PASSWORD);
      await mallory.page.getByRole('button', { name: 'Come in' }).click();
      await mallory.connected();
      expect(await mallory.adminControls.count()).toBe(1);
    });
  });

  describe('where sessions are short', () => {
    beforeEach(async () => {
      await server.kill();
      server = await ChatServer.start({ sessionLife: 6_000 });
    });

    it('goes on over the end of a session by renewing it, on the same stream', async () => {
      const context = await newBrowser();
      const ada = await (await newTab(context)).signIn(server.url, 'Ada');
      const grace = await person('Grace');
      const [first] = (await context.cookies()).filter(({ name }) => name === 'chat_session');
      for (const text of ['One', 'Two', 'Three']) {
        // Each time the old one has two seconds left.
        const answer = ada.nextAnswer('/session/renew');
        await grace.write(text);
        await ada.bubble(text).waitFor();
        expect((await answer).status()).toBe(200);
      }
      // The first one is over by now.
      await grace.write('Four');
      await ada.bubble('Four').waitFor();
      expect(await ada.page.locator('.message .text').allTextContents()).toEqual(['One', 'Two', 'Three', 'Four']);
      for (const text of ['One', 'Two', 'Three', 'Four']) expect(ada.timesReceived(text)).toBe(1);
      expect([ada.streamAnswers, ada.count('welcome'), ada.count('sse:closing')]).toEqual([[200], 1, 0]);
      const [last] = (await context.cookies()).filter(({ name }) => name === 'chat_session');
      expect(last!.value).not.toBe(first!.value);
      expect(last).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
    });

    it('signs in anew where a session could not be renewed in time, and shows what was said meanwhile', async () => {
      const [ada, grace] = [await person('Ada'), await person('Grace')];
      await grace.write('Before');
      await ada.bubble('Before').waitFor();
      await ada.page.route('**/session/renew', (route) => route.abort());
      await ada.connection('reconnecting').waitFor();
      expect(ada.events.at(-1)).toMatchObject({ type: 'sse:closing', data: '{"reason":"expired"}' });
      await grace.write('Meanwhile');
      await grace.bubble('Meanwhile').waitFor();

      await ada.connected();
      await ada.bubble('Meanwhile').waitFor();
      expect(await ada.page.locator('.message .text').allTextContents()).toEqual(['Before', 'Meanwhile']);
      expect(ada.streamAnswers.slice(0, 3)).toEqual([200, 401, 200]);
    });
  });

  it('stops on SIGTERM although streams are open, and says goodbye', async () => {
    const ada = await person('Ada');
    await server.stop();
    await ada.notice.getByText('The server is stopping').waitFor();
    await ada.connection('reconnecting').waitFor();
  });

  it('replaces the oldest tab by the sixth, without a fight', async () => {
    const context = await newBrowser();
    const oldest = await (await newTab(context)).signIn(server.url, 'Ada');
    const others: ChatTab[] = [];
    for (let i = 2; i <= 5; i += 1) others.push(await (await newTab(context)).open(server.url));
    const asksOnceMore = oldest.nextStreamAnswer();
    others.push(await (await newTab(context)).open(server.url));

    await oldest.dialog.getByText('This tab was replaced by a newer one').waitFor();
    await oldest.page.screenshot({ path: `${screenshots}laptop-replaced.png` });
    // The browser comes back once with the end mark, is told 204, and never asks again.
    expect((await asksOnceMore).status()).toBe(204);
    expect(oldest.streamAnswers).toEqual([200, 204]);
    expect(others.map(({ streamAnswers }) => streamAnswers)).toEqual(others.map(() => [200]));
    await others[4]!.write('Five of us');
    await Promise.all(others.map((tab) => tab.bubble('Five of us').waitFor()));
    expect(await oldest.bubble('Five of us').count()).toBe(0);

    await oldest.page.getByRole('button', { name: 'Use this tab again' }).click();
    await oldest.connected();
    await oldest.bubble('Five of us').waitFor();
    await others[0]!.dialog.getByText('This tab was replaced by a newer one').waitFor();
  });

  describe.each([
    ['laptop', { viewport: laptop }],
    ['phone', { viewport: phone, hasTouch: true, isMobile: true }],
  ])('on a %s', (device, options) => {
    /** One page in both looks, neither of which may be wider than the screen. */
    async function look(tab: ChatTab, name: string): Promise<void> {
      for (const colorScheme of ['light', 'dark'] as const) {
        await tab.page.emulateMedia({ colorScheme });
        await tab.page.screenshot({ path: `${screenshots}${device}-${colorScheme}-${name}.png` });
        expect(await overflowsSideways(tab)).toBe(false);
      }
    }

    it('fits the screen, in a light look and in a dark one', async () => {
      const signIn = await newTab(await newBrowser(options));
      await signIn.page.goto(server.url);
      await signIn.page.getByRole('button', { name: 'Come in' }).waitFor();
      await look(signIn, 'sign-in');

      const grace = await person('Grace');
      const ada = await signIn.signIn(server.url, 'Ada');
      await person('Edsger');
      await grace.createRoom('Compilers');
      await grace.createRoom('A room whose name is rather long');
      await grace.thread('lobby').click();
      for (const text of LINES_OF_GRACE) await grace.write(text);
      await ada.bubble(LINES_OF_GRACE.at(-1)!).waitFor();
      await ada.write('I would start with the tables. Everything else follows from them.');
      await ada.write('Nobody has ever regretted a good table.');
      await grace.writeTo('Ada');
      await grace.write('Do you have a minute?');
      await ada.page.locator('.badge:visible').first().waitFor();
      await grace.thread('lobby').click();
      await grace.input.pressSequentially('On');
      await ada.typing.getByText('Grace is typing…').waitFor();
      await look(ada, 'messages');

      if (device === 'phone') {
        await ada.page.getByRole('button', { name: 'Rooms and conversations' }).click();
        await look(ada, 'threads');
        await ada.thread('lobby').click();
        await ada.page.getByRole('button', { name: 'People', exact: true }).click();
        await look(ada, 'people');
        await ada.page.getByRole('button', { name: 'Back to the messages' }).click();
      }
    });

    it('has room for what an admin does, in a light look and in a dark one', async () => {
      const ada = await admin('Ada', options);
      const mallory = await person('Mallory', options);
      for (const name of ['Grace', 'Edsger']) await person(name);
      await mallory.write('HELLO?! IS ANYBODY HERE?!');
      await ada.bubble('HELLO?! IS ANYBODY HERE?!').waitFor();
      if (device === 'phone') await ada.page.getByRole('button', { name: 'People', exact: true }).click();
      await ada.personHere('Edsger').waitFor();
      await ada.broadcast('The chat moves to another machine at noon, which takes a minute or two.');
      await mallory.announcement('The chat moves to another machine at noon, which takes a minute or two.').waitFor();
      await look(mallory, 'announcement');
      await look(ada, 'admin');

      const reason = 'Please do not shout: others are trying to think.';
      await ada.askToKick('Mallory', reason);
      await look(ada, 'kick');
      await ada.dialog.getByRole('button', { name: 'Remove' }).click();
      await mallory.removed.waitFor();
      await look(mallory, 'removed');
      await mallory.page.reload();
      await mallory.trySignIn('Mallory', 'please');
      await mallory.page.getByText('This is not the admin password').waitFor();
      await look(mallory, 'admin-sign-in');
    });
  });
});

interface PersonInit extends BrowserContextOptions {
  url?: string;
  /** Of an admin. */
  password?: string;
}

const LINES_OF_GRACE = [
  'Has anybody looked at the new machine yet?',
  'It takes a whole room, so bring a coat.',
  'A longer one, to see how it wraps: a compiler is a program that writes programs, and people told me that a computer could only do arithmetic.\n\nIt has a second paragraph, too.',
  'https://example.com/a/very/long/address/without/any/space/in/it/that/has/to/be/broken/somewhere?and=it&is=broken',
];

function overflowsSideways({ page }: ChatTab): Promise<boolean> {
  return page.evaluate<boolean>('document.documentElement.scrollWidth > document.documentElement.clientWidth');
}
