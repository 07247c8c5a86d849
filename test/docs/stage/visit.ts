import { type SseConnection } from 'nestjs-event-stream';
import { type SseTestClient } from 'nestjs-event-stream/testing';
import { firstValueFrom } from 'rxjs';
import { setTimeout as delay } from 'node:timers/promises';
import { answerTo, isMet } from '../expected-answers.js';
import { visitor } from '../surroundings/visitor.js';
import { type ExampleApplication } from './example-application.js';
import { type Route } from './routes.js';

const PATIENCE = 5_000;

/** A visitor who calls the routes of an application one after the other. */
export class Visit {
  /** Of a route that has issued him one. */
  private ticket: string | undefined;

  constructor(
    private readonly app: ExampleApplication,
    private readonly document: string,
  ) {}

  /** It must answer well; if it is a stream, an event must come. */
  async call({ method, path, url }: Route): Promise<void> {
    const { app, ticket } = this;
    const opened = firstValueFrom(app.connections.opened$);
    const query = ticket === undefined ? '' : `?ticket=${encodeURIComponent(ticket)}`;
    const body = method === 'GET' || method === 'HEAD' ? undefined : visitor.body;
    const client = await app.open(`${url}${query}`, { method, headers: visitor.headers, body });
    try {
      const expected = answerTo(this.document, `${method} ${path}`);
      const isStream = client.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
      const text = isStream ? '' : await client.text();
      if (!isMet(expected, client.status))
        throw new Error(`${method} ${url} answered ${client.status} and not ${expected}: ${text}`);
      if (isStream) await hear(app, client, await opened, `${method} ${url}`);
      else this.ticket = /"ticket":"([^"]+)"/.exec(text)?.[1] ?? ticket;
    } finally {
      await client.close();
    }
  }
}

async function hear(
  app: ExampleApplication,
  client: SseTestClient,
  connection: SseConnection,
  what: string,
): Promise<void> {
  await nudge(app, connection);
  for (;;) {
    const { type, data } = await client.next({ timeout: PATIENCE });
    if (type === 'sse:error' || type === 'sse:reset') throw new Error(`${what} got ${type}: ${data}`);
    if (!type.startsWith('sse:')) break;
  }
  if (connection.channels.size > 0) return;
  // A source of its own: what it does next is looked at too, for a moment.
  await Promise.race([client.closed, delay(30)]);
}

/** Publishes something that the stream must get, if it listens to channels. */
export async function nudge({ broadcaster }: ExampleApplication, connection: SseConnection): Promise<void> {
  const event = { type: 'example', data: { title: 'It works', text: 'hi' } };
  const channels = [...connection.channels];
  const channel = channels.find((name) => !name.startsWith('$'));
  if (channel !== undefined) await broadcaster.toChannel(channel, event);
  else if (channels.includes('$all')) await broadcaster.broadcast(event);
  else if (channels.length > 0 && connection.userId !== undefined) await broadcaster.toUser(connection.userId, event);
}
