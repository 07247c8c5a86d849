import { once } from 'node:events';
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import { setTimeout as delay } from 'node:timers/promises';
import { RawSocket } from './raw-socket.js';
import { type TestServer } from './test-server.js';

/** A client that has stopped reading, until it is told to read again. */
export interface SlowReader {
  readAgain(): void;
  stopReading(): void;
  /** The body so far, without the framing of the protocol. */
  readonly body: string;
  untilBody(condition: (body: string) => boolean): Promise<string>;
  untilEnded(): Promise<void>;
  close(): unknown;
}

/** Megabytes are not looked through each time that a piece of them comes. */
const LOOK_AGAIN = 20;
const PATIENCE = 10_000;

/** Opens a stream over the protocol of the server's target and reads nothing but its beginning. */
export async function openSlowly(
  server: TestServer,
  path: string,
  method = 'GET',
  headers: Record<string, string> = {},
): Promise<SlowReader> {
  const reader = server.target.http2
    ? await Http2Reader.open(server.url, path, method, headers)
    : await Http1Reader.open(server.port, path, method, headers);
  server.clients.add(reader);
  return reader;
}

/** Waits for a condition that each piece of news may bring about. */
async function untilBody(
  reader: { readonly body: string },
  news: () => Promise<unknown>,
  condition: (body: string) => boolean,
): Promise<string> {
  for (;;) {
    const { body } = reader;
    if (condition(body)) return body;
    await news();
    await delay(LOOK_AGAIN);
  }
}

class Http1Reader implements SlowReader {
  private constructor(private readonly raw: RawSocket) {}

  static async open(port: number, path: string, method: string, headers: Record<string, string>): Promise<SlowReader> {
    const raw = await RawSocket.connect(port);
    raw.request(`${method} ${path}`, headers);
    await raw.untilIncludes('retry:');
    raw.stopReading();
    return new Http1Reader(raw);
  }

  get body(): string {
    return this.raw.answerSoFar()?.body ?? '';
  }

  readAgain(): void {
    this.raw.readAgain();
  }

  stopReading(): void {
    this.raw.stopReading();
  }

  untilBody(condition: (body: string) => boolean): Promise<string> {
    let seen = 0;
    const news = async () => {
      // What came while nobody waited is news, too.
      while (this.raw.byteCount === seen) await this.raw.news();
      seen = this.raw.byteCount;
    };
    return untilBody(this, news, condition);
  }

  async untilEnded(): Promise<void> {
    await this.raw.untilEnded();
  }

  async close(): Promise<void> {
    await this.raw.close();
  }
}

class Http2Reader implements SlowReader {
  private parts: Buffer[] = [];
  private byteCount = 0;
  private readonly closed: Promise<void>;

  private constructor(
    private readonly session: ClientHttp2Session,
    private readonly stream: ClientHttp2Stream,
  ) {
    session.on('error', () => undefined);
    stream.on('error', () => undefined);
    this.closed = new Promise((resolve) => stream.once('close', resolve));
    stream.on('data', (bytes: Buffer) => {
      this.parts.push(bytes);
      this.byteCount += bytes.length;
    });
  }

  static async open(url: string, path: string, method: string, headers: Record<string, string>): Promise<SlowReader> {
    const session = connect(url);
    const stream = session.request({ ':method': method, ':path': path, accept: 'text/event-stream', ...headers });
    const reader = new Http2Reader(session, stream);
    await reader.untilBody((body) => body.includes('retry:'));
    stream.pause();
    return reader;
  }

  get body(): string {
    if (this.parts.length !== 1) this.parts = [Buffer.concat(this.parts)];
    return this.parts[0]!.toString('utf8');
  }

  readAgain(): void {
    this.stream.resume();
  }

  stopReading(): void {
    this.stream.pause();
  }

  untilBody(condition: (body: string) => boolean): Promise<string> {
    const deadline = AbortSignal.timeout(PATIENCE);
    let seen = 0;
    const news = async () => {
      while (this.byteCount === seen) await once(this.stream, 'data', { signal: deadline });
      seen = this.byteCount;
    };
    return untilBody(this, news, condition);
  }

  async untilEnded(): Promise<void> {
    await this.closed;
  }

  close(): void {
    this.session.destroy();
  }
}
