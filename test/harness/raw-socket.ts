import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** The head of an HTTP/1 answer and its body, with chunks already taken apart. */
export interface RawAnswer {
  readonly statusLine: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether the body is known to be complete: its last chunk or its whole length came. */
  readonly complete: boolean;
  /** How many bytes of the connection it took. */
  readonly length: number;
}

const PATIENCE = 5_000;

/** A TCP client that speaks HTTP/1 by hand: it can pipeline, stop reading, half close, and vanish with a RST. */
export class RawSocket {
  ended = false;
  /** How many bytes came. */
  byteCount = 0;
  private parts: Buffer[] = [];

  private readonly waiting = new Set<() => void>();

  private constructor(readonly socket: Socket) {
    socket.on('data', (bytes: Buffer) => {
      this.parts.push(bytes);
      this.byteCount += bytes.length;
      this.tellWaiting();
    });
    for (const event of ['end', 'close', 'error']) {
      socket.on(event, () => {
        this.ended = true;
        this.tellWaiting();
      });
    }
  }

  static async connect(port: number): Promise<RawSocket> {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    await once(socket, 'connect');
    return new RawSocket(socket);
  }

  /** Sends a request line with `Host` and these headers. */
  request(line: string, headers: Record<string, string> = {}, body = ''): this {
    const all = { Host: '127.0.0.1', Accept: 'text/event-stream', ...headers };
    const fields = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    const length = body === '' ? '' : `Content-Length: ${Buffer.byteLength(body)}\r\n`;
    this.socket.write(`${line} HTTP/1.1\r\n${fields.join('')}${length}\r\n${body}`);
    return this;
  }

  /** Sends text as it is. */
  send(text: string): this {
    this.socket.write(text);
    return this;
  }

  /** All bytes so far. Put together when somebody looks: for megabytes it would be too much to do so each time. */
  get received(): Buffer {
    if (this.parts.length !== 1) this.parts = [Buffer.concat(this.parts)];
    return this.parts[0]!;
  }

  get text(): string {
    return this.received.toString('utf8');
  }

  /** Waits until the received bytes fulfil the condition; rejects when no more can come, or comes. */
  async until(condition: (text: string) => boolean): Promise<string> {
    while (!condition(this.text)) {
      if (this.ended) throw new Error(`The connection ended too early. It had brought:\n${shown(this.text)}`);
      await this.news();
    }
    return this.text;
  }

  async untilIncludes(text: string): Promise<string> {
    return this.until((received) => received.includes(text));
  }

  /** Waits for the whole answer that begins at this offset of the connection, or what there is of it at the end. */
  async answer(offset = 0): Promise<RawAnswer> {
    for (;;) {
      const answer = this.answerSoFar(offset);
      if (answer && (answer.complete || this.ended)) return answer;
      if (this.ended) throw new Error(`No answer in:\n${shown(this.text)}`);
      await this.news();
    }
  }

  /** What came of the answer at this offset up to now. */
  answerSoFar(offset = 0): RawAnswer | undefined {
    return parseAnswer(this.received.subarray(offset));
  }

  /** Waits until nothing more can come: a FIN or a RST of the server. */
  async untilEnded(): Promise<void> {
    while (!this.ended) await this.news();
  }

  stopReading(): void {
    this.socket.pause();
  }

  readAgain(): void {
    this.socket.resume();
  }

  /** Sends a FIN and goes on reading. */
  halfClose(): void {
    this.socket.end();
  }

  /** Vanishes with a RST. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    if (this.socket.destroyed) return;
    const closed = once(this.socket, 'close');
    this.socket.destroy();
    await closed;
  }

  private tellWaiting(): void {
    for (const tell of [...this.waiting]) tell();
  }

  /** Resolves the next time that something comes, or at the end. */
  async news(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer);
        this.waiting.delete(settle);
        resolve();
      };
      const timer = setTimeout(() => {
        this.waiting.delete(settle);
        reject(new Error(`Nothing more came in time. So far:\n${shown(this.text)}`));
      }, PATIENCE);
      this.waiting.add(settle);
    });
  }
}

function shown(text: string): string {
  return text.length > 2_000 ? `${text.slice(0, 1_000)} … ${text.slice(-1_000)}` : text;
}

/** Undefined while the head is not complete. */
function parseAnswer(bytes: Buffer): RawAnswer | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [statusLine = '', ...fields] = bytes.subarray(0, headEnd).toString('latin1').split('\r\n');
  const headers = Object.fromEntries(
    fields.map((field) => {
      const colon = field.indexOf(':');
      return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()];
    }),
  );
  const rest = bytes.subarray(headEnd + 4);
  const head = { statusLine, headers };
  if (statusLine.includes(' 204 ')) return { ...head, body: '', complete: true, length: headEnd + 4 };
  const body = headers['transfer-encoding'] === 'chunked' ? unchunk(rest) : measure(rest, headers['content-length']);
  return { ...head, body: body.text, complete: body.complete, length: headEnd + 4 + body.length };
}

function measure(bytes: Buffer, contentLength: string | undefined) {
  const length = contentLength === undefined ? bytes.length : Math.min(Number(contentLength), bytes.length);
  return {
    text: bytes.subarray(0, length).toString('utf8'),
    complete: contentLength !== undefined && length === Number(contentLength),
    length,
  };
}

/** Throws for anything that is no chunk: bytes of another answer in between are what some tests look for. */
function unchunk(bytes: Buffer) {
  const parts: Buffer[] = [];
  let at = 0;
  const soFar = (complete: boolean) => ({ text: Buffer.concat(parts).toString('utf8'), complete, length: at });
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return soFar(false);
    const line = bytes.subarray(at, lineEnd).toString('latin1');
    if (!/^[0-9a-f]+$/i.test(line)) throw new Error(`Not the size of a chunk: ${JSON.stringify(line)}`);
    const size = Number.parseInt(line, 16);
    const end = lineEnd + 2 + size + 2;
    if (bytes.length < end) return soFar(false);
    if (bytes.subarray(end - 2, end).toString('latin1') !== '\r\n')
      throw new Error(`A chunk has more than ${size} bytes`);
    parts.push(bytes.subarray(lineEnd + 2, end - 2));
    at = end;
    if (size === 0) return soFar(true);
  }
}
