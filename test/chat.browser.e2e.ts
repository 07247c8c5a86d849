import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type ChatTab } from './browser/chat-tab.js';
import { screenshots, useChatStage } from './browser/chat-stage.js';

const LOBBY = '/rooms/lobby/messages';

// Browsers start slowly on a busy machine.
jest.setTimeout(90_000);

describe('the chat in a browser', () => {
  const stage = useChatStage();
  const { person, extra, userIdOf, newBrowser, newTab, newLink, newChat, newNode, restarted } = stage;

  it('brings what one person says to the other, under the name of the session', async () => {
    const [ada, grace] = await Promise.all([person('Ada'), person('Grace')]);
    await ada.write('Good morning');
    await grace.bubble('Good morning').getByText('Ada', { exact: true }).waitFor();
    await ada.bubble('Good morning').getByText('You', { exact: true }).waitFor();

    await grace.write('Good morning to you');
    await ada.bubble('Good morning to you').getByText('Grace', { exact: true }).waitFor();
    expect(await ada.page.locator('.message').count()).toBe(2);
  });

  it('tells who is typing, to the others only', async () => {
    const [ada, grace] = await Promise.all([person('Ada'), person('Grace')]);
    await grace.input.pressSequentially('Well');
    await ada.typing.getByText('Grace is typing…').waitFor();
    expect(await grace.typing.textContent()).toBe('');

    await grace.input.press('Enter');
    await ada.bubble('Well').waitFor();
    expect(await ada.typing.textContent()).toBe('');
  });

  it('shows who is here while they are, once however many tabs they have', async () => {
    const [ada, first] = await Promise.all([person('Ada'), person('Grace')]);
    const second = await (await newTab(first.page.context())).open(stage.chat.url);
    await ada.personHere('Grace').waitFor();
    expect(await ada.personHere('Grace').count()).toBe(1);

    await second.page.close();
    await ada.write('Still here?');
    await first.bubble('Still here?').waitFor();
    expect(await ada.personHere('Grace').count()).toBe(1);

    await first.page.close();
    await ada.personHere('Grace').waitFor({ state: 'detached' });
  });

  it('carries rooms that are made and joined while the page is open', async () => {
    const [ada, grace] = await Promise.all([person('Ada'), person('Grace')]);
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
    const ada = await extra('Ada');
    await ada.post('/rooms', { name: 'Compilers' });
    await ada.say('/rooms/compilers/messages', 'In another room');
    for (const text of ['First', 'Second', 'Third']) await ada.say(LOBBY, text);

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
    const [ada, grace, mallory] = await Promise.all([person('Ada'), person('Grace'), person('Mallory')]);
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
    const first = await (await newTab(context)).signIn(stage.chat.url, 'Ada');
    const second = await (await newTab(context)).open(stage.chat.url);
    await first.createRoom('Compilers');
    await second.thread('compilers').click();
    await first.write('In both');
    await second.bubble('In both').waitFor();

    await second.page.getByRole('button', { name: 'Sign out' }).click();
    await first.page.getByRole('button', { name: 'Come in' }).waitFor();
    await first.page.getByText('You have signed out.').waitFor();
  });

  it('shows HTML as the text that it is', async () => {
    const [ada, grace] = await Promise.all([extra('<b>Ada</b>'), person('Grace')]);
    const attack = '<img src=x onerror="document.title = \'broken\'"><script>document.title = "broken"</script>';
    await ada.say(LOBBY, attack);
    await grace.bubble(attack).getByText('<b>Ada</b>', { exact: true }).waitFor();
    expect(await grace.page.locator('.messages img, .messages script, .messages b').count()).toBe(0);
    expect(await grace.page.title()).toBe('Chat');
  });

  it('says why something was refused and keeps what was written', async () => {
    const link = await newLink(stage.chat);
    const ada = await person('Ada', { url: link.url });
    const second = await newTab(await newBrowser());
    await second.page.goto(stage.chat.url);
    await second.trySignIn('ADA');
    await second.page.getByText('Somebody called Ada is here already').waitFor();

    link.cut();
    await ada.write('Is anybody there?');
    await ada.page.getByText('Not sent: The server can not be reached').waitFor();
    expect(await ada.input.inputValue()).toBe('Is anybody there?');
  });

  it('tells of a restart without Redis, which nothing outlives, and goes on from there', async () => {
    const node = await newNode();
    const { url } = node;
    const [ada, grace] = await Promise.all([person('Ada', { url }), person('Grace', { url })]);
    await ada.createRoom('Compilers');
    await ada.thread('lobby').click();
    await ada.write('Before');
    await grace.bubble('Before').waitFor();

    await node.kill();
    await ada.connection('reconnecting').waitFor();
    await ada.page.screenshot({ path: `${screenshots}laptop-reconnecting.png` });
    await restarted(node);
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
    const link = await newLink(stage.chat);
    const [ada, grace] = await Promise.all([person('Ada', { url: link.url }), extra('Grace')]);
    await ada.write('Before');
    await ada.bubble('Before').waitFor();
    const direct = directTo(await userIdOf(ada));

    link.cut();
    await ada.connection('reconnecting').waitFor();
    await grace.say(direct, 'Where are you?');
    await grace.say(LOBBY, 'Meanwhile');
    link.mend();
    await ada.bubble('Meanwhile').waitFor();
    await ada.thread('Grace').locator('.badge', { hasText: '1' }).waitFor();
    await grace.say(LOBBY, 'Afterwards');
    await ada.bubble('Afterwards').waitFor();

    expect(await ada.page.locator('.message .text').allTextContents()).toEqual(['Before', 'Meanwhile', 'Afterwards']);
    for (const text of ['Before', 'Where are you?', 'Meanwhile', 'Afterwards']) expect(ada.timesReceived(text)).toBe(1);
    expect([ada.count('welcome'), ada.count('sse:reset')]).toEqual([1, 0]);
    await ada.notice.waitFor({ state: 'hidden' });
  });

  it('misses nothing when it was cut off before its first message', async () => {
    const link = await newLink(stage.chat);
    const [ada, grace] = await Promise.all([person('Ada', { url: link.url }), extra('Grace')]);
    link.cut();
    await ada.connection('reconnecting').waitFor();
    await grace.say(LOBBY, 'The very first');
    link.mend();
    await ada.bubble('The very first').waitFor();
    expect([ada.timesReceived('The very first'), ada.count('welcome'), ada.count('sse:reset')]).toEqual([1, 1, 0]);
  });

  it('keeps a direct message for somebody who is away, until he signs in', async () => {
    const [ada, grace] = await Promise.all([person('Ada'), person('Grace')]);
    await grace.writeTo('Ada');
    await ada.signOut();
    await grace.page.getByText('not here at the moment').waitFor();
    await grace.write('Read this when you are back');
    await grace.bubble('Read this when you are back').waitFor();

    await ada.signIn(stage.chat.url, 'Ada');
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

  describe('where sessions are short', () => {
    beforeEach(async () => {
      stage.chat = await newChat({ SESSION_LIFE: '4000' });
    });

    it('goes on over the end of a session by renewing it, on the same stream', async () => {
      const [ada, grace] = await Promise.all([person('Ada'), person('Grace')]);
      const context = ada.page.context();
      const [first] = (await context.cookies()).filter(({ name }) => name === 'chat_session');
      for (const text of ['One', 'Two']) {
        // Each time the old one has two seconds left.
        const answer = ada.nextAnswer('/session/renew');
        await grace.write(text);
        await ada.bubble(text).waitFor();
        expect((await answer).status()).toBe(200);
      }
      // The first one is over by now.
      await grace.write('Three');
      await ada.bubble('Three').waitFor();
      expect(await ada.page.locator('.message .text').allTextContents()).toEqual(['One', 'Two', 'Three']);
      for (const text of ['One', 'Two', 'Three']) expect(ada.timesReceived(text)).toBe(1);
      expect([ada.streamAnswers, ada.count('welcome'), ada.count('sse:closing')]).toEqual([[200], 1, 0]);
      const [last] = (await context.cookies()).filter(({ name }) => name === 'chat_session');
      expect(last!.value).not.toBe(first!.value);
      expect(last).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
    });

    it('signs in anew where a session could not be renewed in time, and shows what was said meanwhile', async () => {
      const [ada, grace] = await Promise.all([person('Ada'), person('Grace')]);
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
    const node = await newNode();
    const ada = await person('Ada', { url: node.url });
    await node.stop();
    await ada.notice.getByText('The server is stopping').waitFor();
    await ada.connection('reconnecting').waitFor();
  });

  it('replaces the oldest tab by the sixth, without a fight', async () => {
    const context = await newBrowser();
    const oldest = await (await newTab(context)).signIn(stage.chat.url, 'Ada');
    const others: ChatTab[] = [];
    for (let i = 2; i <= 5; i += 1) others.push(await (await newTab(context)).open(stage.chat.url));
    const asksOnceMore = oldest.nextStreamAnswer();
    others.push(await (await newTab(context)).open(stage.chat.url));

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
});

function directTo(userId: string): string {
  return `/direct/${encodeURIComponent(userId)}/messages`;
}
