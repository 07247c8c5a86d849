import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { EventSource } from 'eventsource';
import { SseTestClient } from 'nestjs-event-stream/testing';

/** Somebody in the lobby of the chat: with a stream that comes back as that of a browser does. */
export class ChatGuest {
  /** What was said in the lobby, as it came. */
  readonly heard: string[] = [];
  /** How often the page had to begin anew: `welcome` at first, and `sse:reset` whenever something was missed. */
  begun = 0;
  /** Where it stands in its channels. */
  lastEventId = '';
  private readonly watchers = new Set<() => void>();

  private constructor(
    private readonly cookie: string,
    private readonly source: EventSource,
  ) {
    for (const type of ['room-message', 'welcome', 'sse:reset']) {
      source.addEventListener(type, ({ data, lastEventId }) => {
        if (lastEventId !== '') this.lastEventId = lastEventId;
        if (type === 'room-message') this.heard.push(textIn(String(data)));
        else this.begun++;
        for (const watcher of this.watchers) watcher();
      });
    }
  }

  /** Resolves when the stream has begun. */
  static async enter(url: string, name: string): Promise<ChatGuest> {
    const cookie = await signIn(url, name);
    const source = new EventSource(`${url}/events?room=lobby`, {
      fetch: (target, init) => fetch(target, { ...init, headers: { ...init.headers, cookie } }),
    });
    const guest = new ChatGuest(cookie, source);
    await once(source, 'welcome');
    return guest;
  }

  async say(url: string, text: string): Promise<void> {
    const headers = { 'content-type': 'application/json', cookie: this.cookie };
    const body = JSON.stringify({ id: randomUUID(), text });
    const answer = await fetch(`${url}/rooms/lobby/messages`, { method: 'POST', headers, body });
    if (!answer.ok) throw new Error(`"${text}" was answered ${answer.status}: ${await answer.text()}`);
  }

  /** Resolves when this was heard, at the latest as the last. */
  async hears(text: string): Promise<void> {
    if (this.heard.includes(text)) return;
    await new Promise<void>((resolve) => {
      const watcher = () => {
        if (!this.heard.includes(text)) return;
        this.watchers.delete(watcher);
        resolve();
      };
      this.watchers.add(watcher);
    });
  }

  /** Another stream of the same guest, which shows all that comes over it, and begins where this one stands, or there. */
  look(url: string, lastEventId = this.lastEventId): Promise<SseTestClient> {
    const headers = { cookie: this.cookie, 'last-event-id': lastEventId };
    return SseTestClient.open(url, '/events?room=lobby', { headers });
  }

  leave(): void {
    this.source.close();
  }
}

export function textIn(data: string): string {
  return (JSON.parse(data) as { message: { text: string } }).message.text;
}

async function signIn(url: string, name: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/session`, { method: 'POST', headers, body: JSON.stringify({ name }) });
  if (!answer.ok) throw new Error(`${name} was answered ${answer.status}: ${await answer.text()}`);
  await answer.arrayBuffer();
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.replace(/;.*/, ''))
    .join('; ');
}
