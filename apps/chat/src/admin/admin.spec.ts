import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ChatApplication } from '../testing/chat-application.js';

const PASSWORD = 'of the admins of this test';
const MINUTE = 60_000;

describe('an admin', () => {
  let chat: ChatApplication;

  beforeAll(async () => {
    chat = await ChatApplication.start({ ADMIN_PASSWORD: PASSWORD });
  });

  afterAll(async () => {
    await chat.close();
    delete process.env.ADMIN_PASSWORD;
  });

  afterEach(() => {
    jest.restoreAllMocks();
  });

  async function admin(name: string) {
    return chat.person(name, '', PASSWORD);
  }

  it('is whoever knows the password when he signs in, also after a renewal', async () => {
    const ada = await (await admin('Chief')).renewed();
    expect(await (await ada.get('/session')).json()).toMatchObject({ permissions: ['sse:read', 'chat:admin'] });
    const grace = await chat.person('Somebody');
    expect(await (await grace.get('/session')).json()).toMatchObject({ permissions: ['sse:read'] });
  });

  it('tells something to everybody, whichever rooms they are in', async () => {
    const ada = await admin('Speaker');
    const streams = [await ada.stream('lobby'), await (await chat.person('Listener')).stream('compilers')];
    expect((await ada.post('/announcements', { text: ' Tea is ready ' })).status).toBe(204);
    for (const stream of streams) {
      expect(await stream.until('event: announcement')).toContain(
        JSON.stringify({ author: { userId: ada.userId, name: 'Speaker' }, text: 'Tea is ready' }),
      );
      stream.close();
    }
  });

  it('removes somebody, who is told why and stays out', async () => {
    const [ada, mallory] = [await admin('Warden'), await chat.person('Mallory')];
    const streams = [await mallory.stream('lobby'), await mallory.stream('compilers')];
    expect((await ada.kick(mallory.userId, ' Too loud ')).status).toBe(204);

    for (const stream of streams) expect(await stream.untilEnd()).toContain('"reason":"removed: Too loud"');
    for (const path of ['/session', '/events']) expect((await mallory.get(path)).status).toBe(401);
    expect((await mallory.post('/session/renew')).status).toBe(401);
    expect((await mallory.say('/rooms/lobby/messages', 'Still here')).status).toBe(401);
    // He can't sign out either, which would take away the cookie that says who he was.
    expect((await mallory.signOut()).headers.getSetCookie()).toEqual([]);
  });

  it('keeps whom he removed out for a while, under another name too', async () => {
    const [ada, mallory] = [await admin('Guard'), await chat.person('Trudy')];
    await ada.kick(mallory.userId);
    for (const [name, cookies] of [
      ['Trudy', mallory.cookie],
      ['Trudy', mallory.browser],
      ['Victor', mallory.cookie],
    ] as const) {
      const answer = await chat.send('POST', '/session', { name }, cookies);
      expect(answer.status).toBe(403);
      expect(((await answer.json()) as { message: string }).message).toContain('You were removed by an admin');
    }

    const [soon, later] = [14, 16].map((minutes) => Date.now() + minutes * MINUTE);
    const clock = jest.spyOn(Date, 'now').mockReturnValue(soon!);
    await expect(chat.person('Trudy', mallory.cookie)).rejects.toThrow('403');
    clock.mockReturnValue(later!);
    const back = await chat.person('Trudy', mallory.cookie);
    expect((await back.get('/session')).status).toBe(200);
    expect((await mallory.get('/session')).status).toBe(401);
  });

  it('does not remove himself, nor somebody who can not be', async () => {
    const ada = await admin('Alone');
    expect((await ada.kick(ada.userId)).status).toBe(400);
    expect((await ada.kick('Nobody')).status).toBe(404);
    expect((await ada.kick('Nobody#aaaaaaaaaaaaaaaa', 'x'.repeat(201))).status).toBe(400);
  });

  it('is nobody who lacks the permission: 403, and nothing happens', async () => {
    const [grace, victim] = [await chat.person('Grace'), await chat.person('Victim')];
    const stream = await victim.stream('lobby');
    expect((await grace.kick(victim.userId)).status).toBe(403);
    expect((await grace.post('/announcements', { text: 'I am the admin now' })).status).toBe(403);
    for (const path of ['/announcements', `/people/${encodeURIComponent(victim.userId)}/kick`]) {
      expect((await chat.send('POST', path, { text: 'Hello' })).status).toBe(401);
    }
    await grace.say('/rooms/lobby/messages', 'Marker');
    const received = await stream.until('Marker');
    expect(received).not.toMatch(/announcement|sse:end/);
    stream.close();
  });

  // The last one: afterwards no password is taken from this address for a minute.
  it('is nobody who guesses at the password, and after ten guesses no more are taken', async () => {
    const guess = (adminPassword: unknown) => chat.send('POST', '/session', { name: 'Guesser', adminPassword });
    const wrong = await guess('password');
    expect(wrong.status).toBe(401);
    expect(((await wrong.json()) as { message: string }).message).toBe('This is not the admin password');
    expect((await guess([PASSWORD])).status).toBe(400);

    let status = 401;
    for (let guesses = 0; guesses < 20 && status === 401; guesses += 1) ({ status } = await guess(`guess ${guesses}`));
    expect(status).toBe(429);
    expect((await guess(PASSWORD)).status).toBe(429);
    expect((await chat.send('POST', '/session', { name: 'No guesser' })).status).toBe(201);
  });
});
