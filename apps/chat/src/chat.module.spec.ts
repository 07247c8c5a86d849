import { randomUUID } from 'node:crypto';
import { type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type NestExpressApplication } from '@nestjs/platform-express';
import { ChatModule } from './chat.module.js';
import { servePage } from './web/serve-page.js';

describe('the chat over HTTP', () => {
  let app: NestExpressApplication;
  let url: string;

  beforeAll(async () => {
    process.env.SESSION_SECRET = 'of this test';
    Logger.overrideLogger(false);
    app = await NestFactory.create<NestExpressApplication>(ChatModule);
    servePage(app);
    app.enableShutdownHooks();
    await app.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
  });

  afterAll(() => app.close());

  /** Somebody who is signed in. */
  async function person(name: string, browser = '') {
    const answer = await send('POST', '/session', { name }, browser);
    const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0]!);
    const cookie = cookies.join('; ');
    const { userId } = (await answer.json()) as { userId: string };
    return {
      userId,
      browser: cookies.find((pair) => pair.startsWith('chat_browser='))!,
      get: (path: string) => fetch(url + path, { headers: { cookie } }),
      post: (path: string, body: unknown = {}) => send('POST', path, body, cookie),
      say: (path: string, text: string, id: string = randomUUID()) => send('POST', path, { id, text }, cookie),
      signOut: () => send('DELETE', '/session', {}, cookie),
      stream: (...rooms: string[]) => openStream(cookie, rooms),
    };
  }

  function send(method: string, path: string, body: unknown, cookie = '') {
    const headers = { 'content-type': 'application/json', cookie };
    return fetch(url + path, { method, headers, body: JSON.stringify(body) });
  }

  /** A stream that has begun, and what came over it until a text appears. */
  async function openStream(cookie: string, rooms: string[]) {
    const abort = new AbortController();
    const query = new URLSearchParams(rooms.map((room): [string, string] => ['room', room]));
    const answer = await fetch(`${url}/events?${query.toString()}`, { headers: { cookie }, signal: abort.signal });
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    let received = '';
    const until = async (text: string) => {
      while (!received.includes(text)) {
        const { done, value } = await reader.read();
        if (done) throw new Error(`The stream ended without ${text}: ${received}`);
        received += value;
      }
      return received;
    };
    await until('event: welcome');
    return { until, close: () => abort.abort() };
  }

  it('sets cookies that scripts and other sites can not use', async () => {
    const answer = await send('POST', '/session', { name: 'Cookie' });
    expect(answer.status).toBe(201);
    const cookies = answer.headers.getSetCookie();
    expect(cookies.map((cookie) => cookie.split('=', 1)[0])).toEqual(['chat_browser', 'chat_session']);
    for (const cookie of cookies) expect(cookie).toMatch(/; HttpOnly; SameSite=Lax$/);
  });

  it('lets nobody in who is not signed in', async () => {
    for (const path of ['/session', '/events']) expect((await fetch(url + path)).status).toBe(401);
    expect((await send('POST', '/rooms', { name: 'Mine' }, 'chat_session=guessed')).status).toBe(401);
    expect((await send('POST', '/rooms/lobby/messages', { text: 'Hello' })).status).toBe(401);
  });

  it('gives the same name in the same browser the same person, and in another browser another', async () => {
    const ada = await person('Returning');
    await ada.signOut();
    expect((await person('Returning', ada.browser)).userId).toBe(ada.userId);
    expect((await person('Returning')).userId).not.toBe(ada.userId);
  });

  it('gives nobody the name of somebody who is here', async () => {
    const ada = await person('Taken');
    const { close } = await ada.stream();
    expect((await send('POST', '/session', { name: 'TAKEN' })).status).toBe(409);
    expect((await person('Taken', ada.browser)).userId).toBe(ada.userId);
    close();
  });

  it('takes the author of a message from the session and refuses one in the body', async () => {
    const { userId, post, say } = await person('Author');
    const forged = { id: 'a-message', text: 'Hello', author: { userId: '1', name: 'Somebody' } };
    expect((await post('/rooms/lobby/messages', forged)).status).toBe(400);

    const message = (await (await say('/rooms/lobby/messages', '  Hello ', 'a-message')).json()) as object;
    expect(message).toMatchObject({ id: `${userId}/a-message`, author: { userId, name: 'Author' }, text: 'Hello' });
  });

  it('sends what is said in a room to the streams that name it, and to no other', async () => {
    const [inside, outside] = [await person('Inside'), await person('Outside')];
    const [stream, other] = [await inside.stream('Compilers'), await outside.stream('lobby')];
    await outside.say('/rooms/compilers/messages', 'To compilers');
    await inside.say('/rooms/lobby/messages', 'To the lobby');
    await stream.until('To compilers');
    expect(await other.until('To the lobby')).not.toContain('To compilers');
    stream.close();
    other.close();
  });

  it('begins a stream with what was said before', async () => {
    const early = await person('Early');
    await early.say('/rooms/history/messages', 'One');
    await early.say('/rooms/history/messages', 'Two');
    const stream = await (await person('Late')).stream('history');
    const received = await stream.until('"Two"');
    expect(received.indexOf('"One"')).toBeLessThan(received.indexOf('"Two"'));
    stream.close();
  });

  it('tells of rooms that others have opened, and once of each', async () => {
    const founder = await person('Founder');
    const stream = await founder.stream('lobby');
    expect(await (await founder.post('/rooms', { name: ' Number  Theory' })).json()).toEqual({ room: 'number theory' });
    await founder.post('/rooms', { name: 'number theory' });
    await founder.post('/rooms', { name: 'Marker' });
    expect((await stream.until('"marker"')).match(/number theory/g)).toHaveLength(1);

    stream.close();
  });

  it('tells a newcomer of all rooms, however much was said in his', async () => {
    const { post, say } = await person('Talker');
    await post('/rooms', { name: 'A quiet room' });
    for (let i = 1; i <= 60; i += 1) await say('/rooms/busy/messages', `Line ${i}`);
    const { until, close } = await (await person('Newcomer')).stream('busy');
    const received = await until('"Line 60"');
    expect(received).toContain('a quiet room');
    expect(received.match(/"Line \d+"/g)).toHaveLength(50);
    close();
  });

  it('publishes a message once that is sent again, since its answer was lost', async () => {
    const { stream, say } = await person('Again');
    const { until, close } = await stream('repeats');
    await say('/rooms/repeats/messages', 'Only once', 'same-message');
    await say('/rooms/repeats/messages', 'Only once', 'same-message');
    await say('/rooms/repeats/messages', 'Marker');
    expect((await until('Marker')).match(/Only once/g)).toHaveLength(1);
    close();
  });

  it('keeps a direct message for somebody who is away', async () => {
    const [away, here] = [await person('Away'), await person('Here')];
    await here.say(`/direct/${encodeURIComponent(away.userId)}/messages`, 'When you are back');
    const { until, close } = await away.stream('quiet');
    await until('When you are back');
    await here.say('/rooms/quiet/messages', 'Marker');
    expect((await until('Marker')).match(/When you are back/g)).toHaveLength(1);
    close();
  });

  it('takes a direct message only for somebody', async () => {
    const { userId, say } = await person('Alone');
    expect((await say(`/direct/${encodeURIComponent(userId)}/messages`, 'To myself')).status).toBe(400);
    expect((await say('/direct/Nobody/messages', 'Hello')).status).toBe(404);
  });

  it('takes changes as JSON only, so that no form on another site can make them', async () => {
    const form = await fetch(`${url}/session`, { method: 'POST', body: new URLSearchParams({ name: 'Form' }) });
    expect(form.status).toBe(415);
    const plain = await fetch(`${url}/session`, { method: 'POST', body: '{"name":"Plain"}' });
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
    const answer = await send('POST', '/session', body);
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as { message: string[] }).message).toContain(reason);
  });

  it.each([
    ['a room without a name', '?room=', 'The name of a room has 1 to 40 characters'],
    ['fifty-one rooms', `?${'room=a&'.repeat(51)}`, 'A stream carries 50 rooms at most'],
    ['an invisible name', '?room=a%E2%80%AE', 'The name of a room holds no invisible or control characters'],
    ['something else', '?other=1', 'property other should not exist'],
  ])('opens no stream for %s', async (_, query, reason) => {
    const { get } = await person('Query');
    const answer = await get(`/events${query}`);
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as { message: string[] }).message).toContain(reason);
  });

  it('ends the streams of whoever signs out', async () => {
    const leaving = await person('Leaving');
    const stream = await leaving.stream('lobby');
    expect((await leaving.signOut()).status).toBe(204);
    await stream.until('"reason":"signed-out"');
  });

  it('serves the page under a policy that runs no inline script', async () => {
    const answer = await fetch(url);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('<title>Chat</title>');
    const policy = answer.headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe');
  });
});
