import { once } from 'node:events';
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import { RawSocket } from './raw-socket.js';
import { type TestServer } from './test-server.js';

/** A client that has stopped reading, until it is told to read again. */
export interface SlowReader {
  readAgain(): void;
  /** The body so far, without the framing of the protocol. */
  readonly body: string;
  untilBody(condition: (body: string) => boolean): Promise<string>;
  untilEnded(): Promise<void>;
  close(): unknown;
}

/** Opens a stream over the protocol of the server's target and reads nothing but its beginning. */
export async function openSlowly(server: TestServer, path: string, method = 'GET'): Promise<SlowReader> {
  const reader = server.target.http2
    ? await Http2Reader.open(server.url, path, method)
    : await Http1Reader.open(server.port, path, method);
  server.clients.add(reader);
  return reader;
}

class Http1Reader implements SlowReader {
  private constructor(private readonly raw: RawSocket) {}

  static async open(port: number, path: string, method: string): Promise<SlowReader> {
    const raw = await RawSocket.connect(port);
    raw.request(`${method} ${path}`);
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

  async untilBody(condition: (body: string) => boolean): Promise<string> {
    await this.raw.until(() => condition(this.body));
    return this.body;
  }

  async untilEnded(): Promise<void> {
    await this.raw.untilEnded();
  }

  async close(): Promise<void> {
    await this.raw.close();
  }
}

class Http2Reader implements SlowReader {
  private received = Buffer.alloc(0);
  private readonly closed: Promise<void>;

  private constructor(
    private readonly session: ClientHttp2Session,
    private readonly stream: ClientHttp2Stream,
  ) {
    session.on('error', () => undefined);
    stream.on('error', () => undefined);
    this.closed = new Promise((resolve) => stream.once('close', resolve));
    stream.on('data', (bytes: Buffer) => (this.received = Buffer.concat([this.received, bytes])));
  }

  static async open(url: string, path: string, method: string): Promise<SlowReader> {
    const session = connect(url);
    const stream = session.request({ ':method': method, ':path': path, accept: 'text/event-stream' });
    const reader = new Http2Reader(session, stream);
    await reader.untilBody((body) => body.includes('retry:'));
    stream.pause();
    return reader;
  }

  get body(): string {
    return this.received.toString('utf8');
  }

  readAgain(): void {
    this.stream.resume();
  }

  async untilBody(condition: (body: string) => boolean): Promise<string> {
    const deadline = AbortSignal.timeout(5_000);
    while (!condition(this.body)) await once(this.stream, 'data', { signal: deadline });
    return this.body;
  }

  async untilEnded(): Promise<void> {
    await this.closed;
  }

  close(): void {
    this.session.destroy();
  }
}
