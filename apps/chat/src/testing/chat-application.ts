import { randomUUID } from 'node:crypto';
import { type AddressInfo } from 'node:net';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type NestExpressApplication } from '@nestjs/platform-express';
import { ChatModule } from '../chat.module.js';
import { servePage } from '../web/serve-page.js';

/** The whole chat in this process, as `main.ts` starts it, and people who use it over HTTP. */
export class ChatApplication {
  private constructor(
    readonly url: string,
    private readonly app: NestExpressApplication,
  ) {}

  static async start(env: NodeJS.ProcessEnv = {}): Promise<ChatApplication> {
    Object.assign(process.env, { SESSION_SECRET: 'of this test, and long enough to sign tokens', ...env });
    Logger.overrideLogger(false);
    const app = await NestFactory.create<NestExpressApplication>(ChatModule);
    servePage(app);
    app.enableShutdownHooks();
    await app.listen(0, '127.0.0.1');
    return new ChatApplication(`http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`, app);
  }

  close(): Promise<void> {
    return this.app.close();
  }

  send(method: string, path: string, body: unknown, cookie = ''): Promise<Response> {
    const headers = { 'content-type': 'application/json', cookie };
    return fetch(this.url + path, { method, headers, body: JSON.stringify(body) });
  }

  /** Somebody who is signed in. `browser` is the cookie of one that he has used before. */
  async person(name: string, browser = '', adminPassword?: string): Promise<Person> {
    const answer = await this.send('POST', '/session', { name, adminPassword }, browser);
    if (!answer.ok) throw new Error(`${name} was answered ${answer.status}: ${await answer.text()}`);
    const { userId } = (await answer.json()) as { userId: string };
    return new Person(this, userId, cookiesOf(answer));
  }
}

/** Somebody who is signed in, as a browser that keeps its cookies. */
export class Person {
  constructor(
    private readonly chat: ChatApplication,
    readonly userId: string,
    readonly cookies: readonly string[],
  ) {}

  /** What is left when the session is over. */
  get browser(): string {
    return this.cookies.find((pair) => pair.startsWith('chat_browser=')) ?? '';
  }

  get cookie(): string {
    return this.cookies.join('; ');
  }

  get(path: string): Promise<Response> {
    return fetch(this.chat.url + path, { headers: { cookie: this.cookie } });
  }

  post(path: string, body: unknown = {}): Promise<Response> {
    return this.chat.send('POST', path, body, this.cookie);
  }

  say(path: string, text: string, id: string = randomUUID()): Promise<Response> {
    return this.post(path, { id, text });
  }

  kick(userId: string, reason?: string): Promise<Response> {
    return this.post(`/people/${encodeURIComponent(userId)}/kick`, { reason });
  }

  signOut(): Promise<Response> {
    return this.chat.send('DELETE', '/session', {}, this.cookie);
  }

  /** The same person with a newer token. */
  async renewed(): Promise<Person> {
    const answer = await this.post('/session/renew');
    if (!answer.ok) throw new Error(`The session was not renewed: ${answer.status}`);
    return new Person(this.chat, this.userId, [this.browser, ...cookiesOf(answer)]);
  }

  /** A stream that has begun. */
  async stream(...rooms: string[]): Promise<PersonStream> {
    const query = new URLSearchParams(rooms.map((room): [string, string] => ['room', room]));
    const abort = new AbortController();
    const url = `${this.chat.url}/events?${query.toString()}`;
    const { body, status } = await fetch(url, { headers: { cookie: this.cookie }, signal: abort.signal });
    if (status !== 200 || !body) throw new Error(`The stream was answered ${status}`);
    const stream = new PersonStream(body, abort);
    await stream.until('event: welcome');
    return stream;
  }
}

/** What comes over somebody's stream. */
export class PersonStream {
  received = '';
  private readonly reader: ReadableStreamDefaultReader<string>;

  constructor(
    body: ReadableStream<Uint8Array>,
    private readonly abort: AbortController,
  ) {
    this.reader = body.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** All that came, once a text is in it. */
  async until(text: string): Promise<string> {
    while (!this.received.includes(text)) {
      if (!(await this.more())) throw new Error(`The stream ended without ${text}: ${this.received}`);
    }
    return this.received;
  }

  /** All that came, once the server has ended it. */
  async untilEnd(): Promise<string> {
    while (await this.more());
    return this.received;
  }

  close(): void {
    this.abort.abort();
  }

  private async more(): Promise<boolean> {
    const { done, value } = await this.reader.read();
    this.received += value ?? '';
    return !done;
  }
}

function cookiesOf(answer: Response): string[] {
  return answer.headers.getSetCookie().map((cookie) => cookie.replace(/;.*/, ''));
}
