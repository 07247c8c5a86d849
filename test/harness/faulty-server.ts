import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createNetServer, type Server as NetServer } from 'node:net';

/** A server of event streams that makes the mistakes it is told to make. */
export class FaultyServer {
  /** The URLs that were asked for. */
  readonly asked: string[] = [];
  readonly published: { seq: number }[] = [];
  /** Answers to `/publish`. Default: the event is written to all that listen at `/live`. */
  publish: (event: { seq: number }, response: ServerResponse) => void = (event, response) => {
    this.deliver(event);
    response.writeHead(201).end();
  };

  private readonly listening = new Set<ServerResponse>();
  private readonly server: Server = createServer((request, response) => this.answer(request, response));

  static async start(): Promise<FaultyServer> {
    const server = new FaultyServer();
    server.server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  deliver(event: object): void {
    for (const response of this.listening) response.write(`data: ${JSON.stringify(event)}\n\n`);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url ?? '', 'http://localhost');
    this.asked.push(request.url ?? '');
    const lastEventId = request.headers['last-event-id'] as string | undefined;
    switch (pathname) {
      case '/planted':
        // Ended by a 204 upon the return, so that a run is over when all was read.
        if (lastEventId !== undefined) response.writeHead(204).end();
        else open(response).end(events(1, 2, 2, 5, 4, 7));
        return;
      case '/resumed':
        this.dropAfterTwo(response, lastEventId, 3);
        return;
      case '/gap':
        this.dropAfterTwo(response, lastEventId, 5);
        return;
      case '/live':
        this.listening.add(open(response));
        response.once('close', () => this.listening.delete(response));
        return;
      case '/publish':
        void this.take(request, response);
        return;
      case '/full':
        response.writeHead(503, { 'Retry-After': '5' }).end('no room for you');
        return;
      case '/moved':
        response.writeHead(302, { Location: `${this.url}/elsewhere` }).end();
        return;
      case '/page':
        response.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>Sign in</h1>');
        return;
      default:
      // Never answered.
    }
  }

  /** The events 1 and 2, a cut, those from `next` up to 6, an end in good order, and a 204. */
  private dropAfterTwo(response: ServerResponse, lastEventId: string | undefined, next: number): void {
    if (lastEventId === undefined) open(response).write(events(1, 2), () => response.destroy());
    else if (lastEventId === '2') open(response).end(events(...[3, 4, 5, 6].filter((seq) => seq >= next)));
    else response.writeHead(204).end();
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const event = JSON.parse(await text(request)) as { seq: number };
    this.published.push(event);
    this.publish(event, response);
  }
}

/** Something else than HTTP. */
export async function garbageServer(): Promise<NetServer> {
  const server = createNetServer((socket) => socket.end('220 mail.example.com ESMTP\r\n\r\n'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function open(response: ServerResponse): ServerResponse {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  response.write('retry: 1\n\n');
  return response;
}

function events(...seqs: number[]): string {
  const data = (seq: number): string => JSON.stringify({ channel: 'planted', seq, at: Date.now() - 100 });
  return seqs.map((seq) => `id: ${seq}\ndata: ${data(seq)}\n\n`).join('');
}

async function text(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const piece of request.setEncoding('utf8')) body += String(piece);
  return body;
}
