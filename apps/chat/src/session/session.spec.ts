import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ChatApplication } from '../testing/chat-application.js';

const LIFE = 60_000;

describe('a session', () => {
  let chat: ChatApplication;

  beforeAll(async () => {
    chat = await ChatApplication.start({ SESSION_LIFE: String(LIFE) });
  });

  afterAll(async () => {
    await chat.close();
    delete process.env.SESSION_LIFE;
  });

  afterEach(() => {
    jest.restoreAllMocks();
  });

  /** What a clock shows that is so many milliseconds ahead. */
  function inTime(ahead: number): void {
    const then = Date.now() + ahead;
    jest.spyOn(Date, 'now').mockReturnValue(then);
  }

  it('is over after its time, and goes on where it was renewed before', async () => {
    const ada = await chat.person('Lasting');
    inTime(LIFE / 2);
    const renewed = await ada.renewed();
    inTime(LIFE * 0.75);
    expect((await ada.get('/session')).status).toBe(401);
    expect(await (await renewed.get('/session')).json()).toEqual({
      userId: ada.userId,
      name: 'Lasting',
      permissions: ['sse:read'],
    });
    // Too late.
    expect((await ada.post('/session/renew')).status).toBe(401);
  });

  it('is over with all its tokens when somebody signs out, for whoever has kept one, and his streams are', async () => {
    const ada = await chat.person('Leaving');
    const stream = await ada.stream('lobby');
    const renewed = await ada.renewed();
    expect((await renewed.signOut()).status).toBe(204);
    expect(await stream.untilEnd()).toContain('"reason":"signed-out"');
    for (const token of [ada, renewed]) {
      expect((await token.get('/session')).status).toBe(401);
      expect((await token.get('/events')).status).toBe(401);
      expect((await token.post('/session/renew')).status).toBe(401);
    }
    // But he may come in again at once.
    expect((await (await chat.person('Leaving', ada.browser)).get('/session')).status).toBe(200);
  });

  it('is gone on with by whoever signs in twice, so that signing out ends the first one too', async () => {
    const first = await chat.person('Twice');
    const stream = await first.stream('lobby');
    await (await chat.person('Twice', first.cookie)).signOut();
    expect(await stream.untilEnd()).toContain('"reason":"signed-out"');
    expect((await first.get('/session')).status).toBe(401);
  });

  it('ends where the same browser signs in under another name', async () => {
    const before = await chat.person('Before');
    const stream = await before.stream('lobby');
    await chat.person('Afterwards', before.cookie);
    expect(await stream.untilEnd()).toContain('"reason":"signed-out"');
    expect((await before.get('/session')).status).toBe(401);
  });

  it('is told to end, and a stream lives as long as the token that its page got then', async () => {
    const short = await ChatApplication.start({ SESSION_LIFE: '3000' });
    try {
      const ada = await short.person('Renewing');
      const stream = await ada.stream('lobby');
      const idle = await (await short.person('Idle')).stream('lobby');
      await stream.until('event: sse:expiring');
      const renewed = await ada.renewed();
      // As long as the first token was good for, and beyond.
      expect(await idle.untilEnd()).toContain('"reason":"expired"');
      await renewed.say('/rooms/lobby/messages', 'Still here');
      expect(await stream.until('Still here')).not.toContain('sse:closing');
      stream.close();
    } finally {
      await short.close();
    }
  });
});
