import { setTimeout as delay } from 'node:timers/promises';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type ChatApplication } from '../apps/chat/src/testing/chat-application.js';
import { useChatStage } from './browser/chat-stage.js';
import { type RedisServer } from './harness/redis-server.js';

// Browsers start slowly on a busy machine.
jest.setTimeout(90_000);

describe('the chat in a browser, on two nodes behind one Redis', () => {
  const stage = useChatStage();
  const { person, admin, newBrowser, newTab, newChat, newNode, restarted, newRedis } = stage;

  let redis: RedisServer;
  let second: ChatApplication;

  beforeEach(async () => {
    redis = await newRedis();
    stage.chat = await newChat({ REDIS_URL: redis.url });
    second = await newChat({ REDIS_URL: redis.url });
  });

  it('is one chat: people, rooms, messages and sessions', async () => {
    const [ada, grace] = await Promise.all([person('Ada'), person('Grace', { url: second.url })]);
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
    await taken.trySignIn('ada');
    await taken.page.getByText('Somebody called Ada is here already').waitFor();

    // The same browser at the other node is the same person, who signs out on both.
    const adaThere = await (await newTab(ada.page.context())).open(second.url);
    await adaThere.signOut();
    await ada.page.getByText('You have signed out.').waitFor();
    await grace.personHere('Ada').waitFor({ state: 'detached' });
  });

  it('loses nothing when a node is killed and started again', async () => {
    const node = await newNode({ redis: redis.url });
    const [ada, grace] = await Promise.all([person('Ada', { url: node.url }), person('Grace')]);
    await ada.write('Before');
    await grace.bubble('Before').waitFor();
    await grace.writeTo('Ada');

    await node.kill();
    await ada.connection('reconnecting').waitFor();
    await grace.write('To you alone');
    await grace.bubble('To you alone').waitFor();
    await grace.thread('lobby').click();
    await grace.write('Meanwhile');
    await grace.bubble('Meanwhile').waitFor();
    await restarted(node);
    await ada.bubble('Meanwhile').waitFor();
    await ada.thread('Grace').locator('.badge', { hasText: '1' }).waitFor();
    await ada.write('Afterwards');
    await grace.bubble('Afterwards').waitFor();

    for (const text of ['Before', 'To you alone', 'Meanwhile']) expect(ada.timesReceived(text)).toBe(1);
    expect([ada.count('welcome'), ada.count('sse:reset')]).toEqual([1, 0]);
    expect(await ada.page.locator('.message .text').allTextContents()).toEqual(['Before', 'Meanwhile', 'Afterwards']);
  });

  it('removes somebody from the other node, and keeps him out of both', async () => {
    const [ada, mallory] = await Promise.all([admin('Ada'), person('Mallory', { url: second.url })]);
    await ada.personHere('Mallory').waitFor();
    await ada.broadcast('Somebody is too loud');
    await mallory.announcement('Somebody is too loud').waitFor();

    await ada.kick('Mallory', 'Too loud');
    await mallory.removed.waitFor();
    await mallory.page.getByText('Too loud', { exact: true }).waitFor();
    await ada.personHere('Mallory').waitFor({ state: 'detached' });
    expect(mallory.streamAnswers).toEqual([200]);
    for (const node of [stage.chat, second]) {
      await mallory.page.goto(node.url);
      await mallory.trySignIn('Mallory');
      await mallory.page.getByRole('alert').getByText('You were removed by an admin').waitFor();
    }
  });

  it('says so when Redis has come back without its data', async () => {
    const [ada, grace] = await Promise.all([person('Ada'), person('Grace', { url: second.url })]);
    await ada.write('Before');
    await grace.bubble('Before').waitFor();

    await redis.kill();
    await ada.write('To nobody');
    await ada.page.getByText('Not sent: The chat can not reach its Redis at the moment').waitFor();
    expect(await ada.connection('connected').count()).toBe(1);
    // No new people are sent here meanwhile, and nobody starts this process anew for it.
    await untilHealth('ready', 503);
    await untilHealth('live', 200);

    await redis.restart({ keepData: false });
    await Promise.all([ada, grace].map((tab) => tab.notice.getByText('what was said before is gone').waitFor()));
    await ada.bubble('Before').waitFor({ state: 'detached' });
    await grace.write('After');
    await ada.bubble('After').waitFor();
    await ada.personHere('Grace').waitFor();
    await untilHealth('ready', 200);
  });

  /** Asks as a load balancer does, until it is so. */
  async function untilHealth(kind: 'ready' | 'live', status: number): Promise<void> {
    while ((await fetch(`${stage.chat.url}/health/${kind}`)).status !== status) await delay(50);
  }
});
