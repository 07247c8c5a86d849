import { once } from 'node:events';
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:http2';
import { type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type TestServer } from './test-server.js';

const PATIENCE = 5_000;

/** A stream as its bytes are on the wire, after the framing of HTTP, and as what a decoder makes of them. */
export class EncodedStream {
  /** The body as it came. */
  bytes = Buffer.alloc(0);
  /** Its plain text so far. */
  text = '';
  private failure: Error | undefined;
  private ended = false;
  private readonly waiting = new Set<() => void>();
  private readonly decoder = createGunzip();

  private constructor(
    readonly headers: IncomingHttpHeaders,
    body: Readable,
    private readonly cut: () => void,
  ) {
    body.on('data', (piece: Buffer) => {
      this.bytes = Buffer.concat([this.bytes, piece]);
      if (this.isGzip) this.decoder.write(piece);
      else this.text += piece.toString();
      this.tell();
    });
    body.on('end', () => (this.isGzip ? this.decoder.end() : this.end()));
    body.on('error', () => undefined);
    this.decoder.on('data', (piece: Buffer) => {
      this.text += piece.toString();
      this.tell();
    });
    this.decoder.on('end', () => this.end());
    this.decoder.on('error', (error) => this.end(error));
  }

  /** Opens a stream over the protocol of the server's target; it is closed after the test. */
  static async open(
    server: TestServer,
    path: string,
    headers: Record<string, string> = { 'accept-encoding': 'gzip' },
    method = 'GET',
  ): Promise<EncodedStream> {
    const stream = server.target.http2
      ? await openHttp2(server.url, path, headers, method)
      : await openHttp1(server.url, path, headers, method);
    server.clients.add(stream);
    return stream;
  }

  /** @internal */
  static of(headers: IncomingHttpHeaders, body: Readable, cut: () => void): EncodedStream {
    return new EncodedStream(headers, body, cut);
  }

  /** Waits until the plain text has this in it. */
  untilText(part: string): Promise<void> {
    return this.until(() => this.text.includes(part), `"${part}" in the text`);
  }

  untilBytes(count: number): Promise<void> {
    return this.until(() => this.bytes.length >= count, `${count} bytes`);
  }

  /** Waits for the end of the body; rejects if its decoder takes it for incomplete or wrong. */
  async untilEnded(): Promise<void> {
    await this.until(() => this.ended, 'the end');
    if (this.failure) throw this.failure;
  }

  close(): void {
    this.cut();
  }

  private get isGzip(): boolean {
    return this.headers['content-encoding'] === 'gzip';
  }

  private end(failure?: Error): void {
    this.ended = true;
    this.failure = failure;
    this.tell();
  }

  private tell(): void {
    for (const tell of [...this.waiting]) tell();
  }

  private async until(condition: () => boolean, what: string): Promise<void> {
    const deadline = performance.now() + PATIENCE;
    while (!condition()) {
      const left = deadline - performance.now();
      if (left <= 0 || (this.ended && !condition())) {
        throw new Error(`Waited in vain for ${what}; so far ${this.bytes.length} bytes, and the text:\n${this.text}`);
      }
      await new Promise<void>((resolve) => {
        const settle = () => {
          clearTimeout(timer);
          this.waiting.delete(settle);
          resolve();
        };
        const timer = setTimeout(settle, left);
        this.waiting.add(settle);
      });
    }
  }
}

async function openHttp1(
  url: string,
  path: string,
  headers: Record<string, string>,
  method: string,
): Promise<EncodedStream> {
  const asking = request(new URL(path, url), { method, headers: { accept: 'text/event-stream', ...headers } });
  asking.end();
  const [response] = (await once(asking, 'response')) as [Readable & { headers: IncomingHttpHeaders }];
  return EncodedStream.of(response.headers, response, () => asking.destroy());
}

async function openHttp2(
  url: string,
  path: string,
  headers: Record<string, string>,
  method: string,
): Promise<EncodedStream> {
  const session = connect(url);
  session.on('error', () => undefined);
  const stream = session.request({ ':method': method, ':path': path, accept: 'text/event-stream', ...headers });
  const [answer] = (await once(stream, 'response')) as [IncomingHttpHeaders];
  return EncodedStream.of(answer, stream, () => session.destroy());
}
