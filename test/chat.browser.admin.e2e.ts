import { describe, expect, it, jest } from '@jest/globals';
import { type Page } from 'playwright-core';
import { ADMIN_PASSWORD } from './browser/chat-server.js';
import { laptop, screenshots, useChatStage } from './browser/chat-stage.js';
import { type ChatTab } from './browser/chat-tab.js';
import { DashboardTab } from './browser/dashboard-tab.js';

const phone = { width: 390, height: 844 };

// Browsers start slowly on a busy machine.
jest.setTimeout(90_000);

describe('the chat in a browser: an admin, and the looks of it all', () => {
  const stage = useChatStage();
  const { person, admin, extra, userIdOf, newBrowser, newTab, newLink } = stage;

  /** What an admin's link opens. */
  async function dashboardOf({ page, dashboardLink }: ChatTab): Promise<DashboardTab> {
    const [opened] = await Promise.all([page.context().waitForEvent('page'), dashboardLink.click()]);
    const dashboard = new DashboardTab(opened);
    await dashboard.link('Live').waitFor();
    return dashboard;
  }

  it('shows everybody what he tells all, in whichever room they are, until they dismiss it', async () => {
    const [ada, grace] = await Promise.all([admin('Ada'), person('Grace')]);
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
    const [ada, grace, first] = await Promise.all([admin('Ada'), person('Grace'), person('Mallory')]);
    const mallory = [first, await (await newTab(first.page.context())).open(stage.chat.url)];
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
    const [ada, mallory] = await Promise.all([admin('Ada'), person('Mallory')]);
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
    await elsewhere.page.goto(stage.chat.url);
    await elsewhere.page.getByRole('button', { name: 'Come in' }).waitFor();
    expect((await copy.request.get(`${stage.chat.url}/events`)).status()).toBe(401);
    expect([mallory.streamAnswers, elsewhere.streamAnswers]).toEqual([[200], []]);
  });

  it('removes somebody who is cut off just then: he learns it when he comes back', async () => {
    const link = await newLink(stage.chat);
    const [ada, mallory] = await Promise.all([admin('Ada'), person('Mallory', { url: link.url })]);
    await ada.personHere('Mallory').waitFor();
    link.cut();
    await mallory.connection('reconnecting').waitFor();
    await ada.kick('Mallory', 'Too loud');
    link.mend();
    await mallory.removed.waitFor();
  });

  it('lets nobody else do any of it', async () => {
    const [ada, mallory] = await Promise.all([admin('Ada'), person('Mallory')]);
    await mallory.personHere('Ada').waitFor();
    await ada.adminControls.first().waitFor();
    await ada.dashboardLink.waitFor();
    expect([await mallory.adminControls.count(), await mallory.dashboardLink.count()]).toEqual([0, 0]);

    const { request } = mallory.page.context();
    const userId = await userIdOf(ada);
    const kick = await request.post(`${stage.chat.url}/people/${encodeURIComponent(userId)}/kick`, { data: {} });
    const announcement = await request.post(`${stage.chat.url}/announcements`, { data: { text: 'I am the admin' } });
    const dashboard = await mallory.page.context().newPage();
    const refused = await dashboard.goto(`${stage.chat.url}/dashboard`);
    expect([kick.status(), announcement.status(), refused!.status()]).toEqual([403, 403, 403]);
    await mallory.write('Nothing happened');
    await ada.bubble('Nothing happened').waitFor();
    expect([ada.count('announcement'), ada.count('sse:end')]).toEqual([0, 0]);
  });

  it('shows him the connections of all on the dashboard, where he closes one: its tab says so, and stays closed', async () => {
    const [ada, grace] = await Promise.all([admin('Ada'), person('Grace')]);
    const dashboard = await dashboardOf(ada);
    await dashboard.lookInto(await userIdOf(grace));
    await dashboard.dialog.getByText('room.lobby', { exact: true }).waitFor();
    const asksOnceMore = grace.nextStreamAnswer();
    await dashboard.dialog.getByRole('button', { name: 'End this connection' }).click();
    await dashboard.dialog.getByRole('button', { name: 'End it now' }).click();
    await dashboard.dialog.getByText('This connection has ended.').waitFor();

    await grace.dialog.getByText('An admin has closed this connection').waitFor();
    await grace.page.screenshot({ path: `${screenshots}laptop-closed.png` });
    expect((await asksOnceMore).status()).toBe(204);
    expect(grace.streamAnswers).toEqual([200, 204]);
    expect([ada.streamAnswers, dashboard.faults]).toEqual([[200], []]);

    // She was not removed: she comes back as soon as she likes to.
    await ada.write('Meanwhile');
    await grace.dialog.getByRole('button', { name: 'Connect again' }).click();
    await grace.connected();
    await grace.bubble('Meanwhile').waitFor();
  });

  it('takes nobody for one who has no password, and says so', async () => {
    const mallory = await newTab(await newBrowser());
    await mallory.page.goto(stage.chat.url);
    await mallory.trySignIn('Mallory', 'a guess');
    await mallory.page.getByText('This is not the admin password').waitFor();
    await mallory.page.getByLabel('Admin password').fill(ADMIN_PASSWORD);
    await mallory.page.getByRole('button', { name: 'Come in' }).click();
    await mallory.connected();
    expect(await mallory.adminControls.count()).toBe(1);
  });

  describe.each([
    ['laptop', { viewport: laptop }],
    ['phone', { viewport: phone, hasTouch: true, isMobile: true }],
  ])('on a %s', (device, options) => {
    /** One page in both looks, neither of which may be wider than the screen. */
    async function look({ page }: { page: Page }, name: string): Promise<void> {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.screenshot({ path: `${screenshots}${device}-${colorScheme}-${name}.png` });
        expect(await overflowsSideways(page)).toBe(false);
      }
    }

    it('fits the screen, in a light look and in a dark one', async () => {
      const signIn = await newTab(await newBrowser(options));
      await signIn.page.goto(stage.chat.url);
      await signIn.page.getByRole('button', { name: 'Come in' }).waitFor();
      await look(signIn, 'sign-in');

      const [ada, grace] = await Promise.all([signIn.signIn(stage.chat.url, 'Ada'), person('Grace'), extra('Edsger')]);
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
      const [ada, mallory] = await Promise.all([
        admin('Ada', options),
        person('Mallory', options),
        ...['Grace', 'Edsger'].map((name) => extra(name)),
      ]);
      await mallory.write('HELLO?! IS ANYBODY HERE?!');
      await ada.bubble('HELLO?! IS ANYBODY HERE?!').waitFor();
      if (device === 'phone') await ada.page.getByRole('button', { name: 'People', exact: true }).click();
      await ada.personHere('Edsger').waitFor();
      await ada.broadcast('The chat moves to another machine at noon, which takes a minute or two.');
      await mallory.announcement('The chat moves to another machine at noon, which takes a minute or two.').waitFor();
      await look(mallory, 'announcement');
      await look(ada, 'admin');
      await look(await dashboardOf(ada), 'admin-dashboard');

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

const LINES_OF_GRACE = [
  'Has anybody looked at the new machine yet?',
  'It takes a whole room, so bring a coat.',
  'A longer one, to see how it wraps: a compiler is a program that writes programs, and people told me that a computer could only do arithmetic.\n\nIt has a second paragraph, too.',
  'https://example.com/a/very/long/address/without/any/space/in/it/that/has/to/be/broken/somewhere?and=it&is=broken',
];

function overflowsSideways(page: Page): Promise<boolean> {
  return page.evaluate<boolean>('document.documentElement.scrollWidth > document.documentElement.clientWidth');
}
