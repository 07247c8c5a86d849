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
    Logger.overrideLogger(false);
    app = await NestFactory.create<NestExpressApplication>(ChatModule);
    servePage(app);
    app.enableShutdownHooks();
    await app.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
  });

  afterAll(() => app.close());

  /** Somebody who is signed in. */
  async function person(name: string) {
    const answer = await send('POST', '/session', { name });
    const cookie = answer.headers.get('set-cookie')!.split(';', 1)[0]!;
    const { userId } = (await answer.json()) as { userId: string };
    return {
      userId,
      get: (path: string) => fetch(url + path, { headers: { cookie } }),
      post: (path: string, body: unknown = {}) => send('POST', path, body, cookie),
      signOut: () => send('DELETE', '/session', {}, cookie),
      stream: () => openStream(cookie),
    };
  }

  function send(method: string, path: string, body: unknown, cookie = '') {
    const headers = { 'content-type': 'application/json', cookie };
    return fetch(url + path, { method, headers, body: JSON.stringify(body) });
  }

  /** A stream's connection id, and what came over it until a text appears. */
  async function openStream(cookie: string) {
    const abort = new AbortController();
    const answer = await fetch(`${url}/events`, { headers: { cookie }, signal: abort.signal });
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
    const welcome = await until('"connectionId"').then(() => until('\n\n'));
    const connectionId = /"connectionId":"([^"]+)"/.exec(welcome)![1]!;
    return { connectionId, until, close: () => abort.abort() };
  }

  it('sets a cookie that scripts and other sites can not use', async () => {
    const answer = await send('POST', '/session', { name: 'Cookie' });
    expect(answer.status).toBe(201);
    const cookie = answer.headers.get('set-cookie')!;
    expect(cookie).toMatch(/^chat_session=[\w-]{43};/);
    expect(cookie).toContain('HttpOnly');
    expect(cookie).toContain('SameSite=Lax');
  });

  it('lets nobody in who is not signed in', async () => {
    for (const path of ['/session', '/events', '/rooms', '/people', '/rooms/lobby/messages', '/direct']) {
      expect((await fetch(url + path)).status).toBe(401);
    }
    expect((await send('POST', '/rooms', { name: 'Mine' }, 'chat_session=guessed')).status).toBe(401);
  });

  it('takes the author of a message from the session and refuses one in the body', async () => {
    const { userId, post, stream } = await person('Author');
    const { connectionId, close } = await stream();
    await post('/rooms/lobby/join', { connectionId });
    const forged = await post('/rooms/lobby/messages', { text: 'Hello', author: { userId: '1', name: 'Somebody' } });
    expect(forged.status).toBe(400);

    const message = (await (await post('/rooms/lobby/messages', { text: '  Hello ' })).json()) as object;
    expect(message).toMatchObject({ author: { userId, name: 'Author' }, text: 'Hello' });
    close();
  });

  it('sends a message to those who joined the room, and lets nobody else read or post', async () => {
    const [inside, outside] = [await person('Inside'), await person('Outside')];
    const [stream, other] = [await inside.stream(), await outside.stream()];
    const room = (await (await inside.post('/rooms', { name: 'Members only' })).json()) as { id: string };
    await inside.post(`/rooms/${room.id}/join`, { connectionId: stream.connectionId });

    expect((await outside.post(`/rooms/${room.id}/messages`, { text: 'Hello' })).status).toBe(403);
    expect((await outside.post(`/rooms/${room.id}/typing`)).status).toBe(403);
    expect((await outside.get(`/rooms/${room.id}/messages`)).status).toBe(403);
    expect((await outside.get(`/rooms/${room.id}/people`)).status).toBe(403);

    await inside.post(`/rooms/${room.id}/messages`, { text: 'A secret' });
    await stream.until('A secret');
    await outside.post('/rooms', { name: 'Marker' });
    expect(await other.until('Marker')).not.toContain('A secret');
    stream.close();
    other.close();
  });

  it('subscribes no stream of somebody else to a room', async () => {
    const [ada, mallory] = [await person('Victim'), await person('Mallory')];
    const { connectionId, close } = await ada.stream();
    const answer = await mallory.post('/rooms/lobby/join', { connectionId });
    expect(answer.status).toBe(403);
    expect((await mallory.get('/rooms/lobby/messages')).status).toBe(403);
    close();
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

  it('ends the streams of whoever signs out, and closes the rooms that are empty then', async () => {
    const [leaving, staying] = [await person('Leaving'), await person('Staying')];
    const [stream, other] = [await leaving.stream(), await staying.stream()];
    const room = (await (await leaving.post('/rooms', { name: 'Left alone' })).json()) as { id: string };
    expect((await leaving.signOut()).status).toBe(204);
    await stream.until('"reason":"signed-out"');
    await other.until('room-closed');
    expect((await leaving.get('/session')).status).toBe(401);
    expect((await staying.get(`/rooms/${room.id}/messages`)).status).toBe(404);
    other.close();
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
