import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChatApplication } from './testing/chat-application.js';

describe('the chat over HTTP', () => {
  let chat: ChatApplication;

  beforeAll(async () => {
    chat = await ChatApplication.start();
  });

  afterAll(() => chat.close());

  it('sets cookies that scripts and other sites can not use', async () => {
    const answer = await chat.send('POST', '/session', { name: 'Cookie' });
    expect(answer.status).toBe(201);
    const cookies = answer.headers.getSetCookie();
    expect(cookies.map((cookie) => cookie.split('=', 1)[0])).toEqual(['chat_browser', 'chat_session']);
    for (const cookie of cookies) expect(cookie).toMatch(/; HttpOnly; SameSite=Lax$/);
  });

  it('lets nobody in who is not signed in', async () => {
    for (const path of ['/session', '/events']) expect((await fetch(chat.url + path)).status).toBe(401);
    expect((await chat.send('POST', '/rooms', { name: 'Mine' }, 'chat_session=guessed')).status).toBe(401);
    expect((await chat.send('POST', '/rooms/lobby/messages', { text: 'Hello' })).status).toBe(401);
  });

  it('gives the same name in the same browser the same person, and in another browser another', async () => {
    const ada = await chat.person('Returning');
    await ada.signOut();
    expect((await chat.person('Returning', ada.browser)).userId).toBe(ada.userId);
    expect((await chat.person('Returning')).userId).not.toBe(ada.userId);
  });

  it('gives nobody the name of somebody who is here', async () => {
    const ada = await chat.person('Taken');
    const stream = await ada.stream();
    expect((await chat.send('POST', '/session', { name: 'TAKEN' })).status).toBe(409);
    expect((await chat.person('Taken', ada.browser)).userId).toBe(ada.userId);
    stream.close();
  });

  it('takes the author of a message from the session and refuses one in the body', async () => {
    const author = await chat.person('Author');
    const forged = { id: 'a-message', text: 'Hello', author: { userId: '1', name: 'Somebody' } };
    expect((await author.post('/rooms/lobby/messages', forged)).status).toBe(400);

    const message = (await (await author.say('/rooms/lobby/messages', '  Hello ', 'a-message')).json()) as object;
    expect(message).toMatchObject({
      id: `${author.userId}/a-message`,
      author: { userId: author.userId, name: 'Author' },
      text: 'Hello',
    });
  });

  it('sends what is said in a room to the streams that name it, and to no other', async () => {
    const [inside, outside] = [await chat.person('Inside'), await chat.person('Outside')];
    const [stream, other] = [await inside.stream('Compilers'), await outside.stream('lobby')];
    await outside.say('/rooms/compilers/messages', 'To compilers');
    await inside.say('/rooms/lobby/messages', 'To the lobby');
    await stream.until('To compilers');
    expect(await other.until('To the lobby')).not.toContain('To compilers');
    stream.close();
    other.close();
  });

  it('begins a stream with what was said before', async () => {
    const early = await chat.person('Early');
    await early.say('/rooms/history/messages', 'One');
    await early.say('/rooms/history/messages', 'Two');
    const stream = await (await chat.person('Late')).stream('history');
    const received = await stream.until('"Two"');
    expect(received.indexOf('"One"')).toBeLessThan(received.indexOf('"Two"'));
    stream.close();
  });

  it('tells of rooms that others have opened, and once of each', async () => {
    const founder = await chat.person('Founder');
    const stream = await founder.stream('lobby');
    expect(await (await founder.post('/rooms', { name: ' Number  Theory' })).json()).toEqual({ room: 'number theory' });
    await founder.post('/rooms', { name: 'number theory' });
    await founder.post('/rooms', { name: 'Marker' });
    expect((await stream.until('"marker"')).match(/number theory/g)).toHaveLength(1);

    stream.close();
  });

  it('tells a newcomer of all rooms, however much was said in his', async () => {
    const talker = await chat.person('Talker');
    await talker.post('/rooms', { name: 'A quiet room' });
    for (let i = 1; i <= 60; i += 1) await talker.say('/rooms/busy/messages', `Line ${i}`);
    const stream = await (await chat.person('Newcomer')).stream('busy');
    const received = await stream.until('"Line 60"');
    expect(received).toContain('a quiet room');
    expect(received.match(/"Line \d+"/g)).toHaveLength(50);
    stream.close();
  });

  it('publishes a message once that is sent again, since its answer was lost', async () => {
    const ada = await chat.person('Again');
    const stream = await ada.stream('repeats');
    await ada.say('/rooms/repeats/messages', 'Only once', 'same-message');
    await ada.say('/rooms/repeats/messages', 'Only once', 'same-message');
    await ada.say('/rooms/repeats/messages', 'Marker');
    expect((await stream.until('Marker')).match(/Only once/g)).toHaveLength(1);
    stream.close();
  });

  it('keeps a direct message for somebody who is away', async () => {
    const [away, here] = [await chat.person('Away'), await chat.person('Here')];
    await here.say(`/direct/${encodeURIComponent(away.userId)}/messages`, 'When you are back');
    const stream = await away.stream('quiet');
    await stream.until('When you are back');
    await here.say('/rooms/quiet/messages', 'Marker');
    expect((await stream.until('Marker')).match(/When you are back/g)).toHaveLength(1);
    stream.close();
  });

  it('takes a direct message only for somebody', async () => {
    const alone = await chat.person('Alone');
    expect((await alone.say(`/direct/${encodeURIComponent(alone.userId)}/messages`, 'To myself')).status).toBe(400);
    expect((await alone.say('/direct/Nobody/messages', 'Hello')).status).toBe(404);
  });

  it('takes changes as JSON only, so that no form on another site can make them', async () => {
    const form = await fetch(`${chat.url}/session`, { method: 'POST', body: new URLSearchParams({ name: 'Form' }) });
    expect(form.status).toBe(415);
    const plain = await fetch(`${chat.url}/session`, { method: 'POST', body: '{"name":"Plain"}' });
    expect(plain.status).toBe(415);
  });

  it.each([
    [{ name: '' }, 'A name has 1 to 32 characters'],
    [{ name: '   ' }, 'A name has 1 to 32 characters'],
    [{ name: 'x'.repeat(33) }, 'A name has 1 to 32 characters'],
    [{ name: 'Ada\u202e' }, 'A name holds no invisible or control characters'],
    [{ name: 42 }, 'name must be a string'],
    [{ name: 'Ada', admin: true }, 'property admin should not exist'],
  ])('says what is wrong with %j', async (body, reason) => {
    const answer = await chat.send('POST', '/session', body);
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as { message: string[] }).message).toContain(reason);
  });

  it.each([
    ['a room without a name', '?room=', 'The name of a room has 1 to 40 characters'],
    ['fifty-one rooms', `?${'room=a&'.repeat(51)}`, 'A stream carries 50 rooms at most'],
    ['an invisible name', '?room=a%E2%80%AE', 'The name of a room holds no invisible or control characters'],
    ['something else', '?other=1', 'property other should not exist'],
  ])('opens no stream for %s', async (_, query, reason) => {
    const ada = await chat.person('Query');
    const answer = await ada.get(`/events${query}`);
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as { message: string[] }).message).toContain(reason);
  });

  it('ends the streams of whoever signs out', async () => {
    const leaving = await chat.person('Leaving');
    const stream = await leaving.stream('lobby');
    expect((await leaving.signOut()).status).toBe(204);
    await stream.until('"reason":"signed-out"');
  });

  it('serves the page under a policy that runs no inline script', async () => {
    const answer = await fetch(chat.url);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('<title>Chat</title>');
    const policy = answer.headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe');
  });
});
