import { afterEach, beforeEach } from '@jest/globals';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { SseTestClient } from 'nestjs-event-stream/testing';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A plain server for each test of the `describe` that it is made in, which answers as the test says. */
export class ScriptedServer {
  /** Answers every request. */
  handler!: Handler;
  url!: string;
  /** Closed after the test. */
  readonly clients: SseTestClient[] = [];

  private http!: Server;

  constructor() {
    beforeEach(async () => {
      this.http = createServer((request, response) => this.handler(request, response));
      await new Promise<void>((resolve) => this.http.listen(0, '127.0.0.1', resolve));
      this.url = `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
    });

    afterEach(async () => {
      await Promise.all(this.clients.splice(0).map((client) => client.close()));
      this.http.closeAllConnections();
      await new Promise((resolve) => this.http.close(resolve));
    });
  }

  /** Opens a stream of this server, or of another one, that is closed after the test. */
  async open(...args: Parameters<typeof SseTestClient.open>): Promise<SseTestClient> {
    const client = await SseTestClient.open(...args);
    this.clients.push(client);
    return client;
  }
}

/** Answers with an event stream of these pieces and leaves it open. */
export function streamOf(...pieces: string[]): Handler {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const piece of pieces) response.write(piece);
  };
}
