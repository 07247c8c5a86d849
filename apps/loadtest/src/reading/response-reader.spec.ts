import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type ResponseHead } from './response-head.js';
import { ResponseError, ResponseReader } from './response-reader.js';

class Answer {
  head?: ResponseHead;
  body = Buffer.alloc(0);
  isEnded = false;
  readonly reader: ResponseReader;

  constructor(method?: string) {
    this.reader = new ResponseReader(this, method);
  }

  onHead(head: ResponseHead): void {
    this.head = head;
  }

  onBody(bytes: Buffer, start: number, end: number): void {
    this.body = Buffer.concat([this.body, bytes.subarray(start, end)]);
  }

  onEnd(): void {
    this.isEnded = true;
  }
}

function read(text: string, method?: string): Answer {
  const answer = new Answer(method);
  answer.reader.read(Buffer.from(text));
  return answer;
}

const CHUNKED = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n';

describe('ResponseReader', () => {
  it('reads a chunked body and its end', () => {
    const answer = read(`${CHUNKED}5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n`);
    expect(answer.head?.status).toBe(200);
    expect(answer.body.toString()).toBe('hello world');
    expect(answer.isEnded).toBe(true);
  });

  it('reads chunk extensions and trailers', () => {
    const answer = read(`${CHUNKED}A;x="y"\r\n0123456789\r\n0\r\nSum: 1\r\nMore: 2\r\n\r\n`);
    expect(answer.body.toString()).toBe('0123456789');
    expect(answer.isEnded).toBe(true);
  });

  it('reads the body of an HTTP/1.0 answer until the connection closes', () => {
    const answer = read('HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\n5\r\nhello\r\n');
    expect(answer.body.toString()).toBe('5\r\nhello\r\n');
    expect(answer.isEnded).toBe(false);
    expect(answer.reader.close()).toBe(true);
    expect(answer.isEnded).toBe(true);
  });

  it('reads a refusal with a length, and its headers in any case', () => {
    const answer = read('HTTP/1.1 503 Service Unavailable\r\nRETRY-AFTER:  4\r\nContent-Length: 4\r\n\r\nfull');
    expect(answer.head?.status).toBe(503);
    expect(answer.head?.header('Retry-After')).toBe('4');
    expect(answer.body.toString()).toBe('full');
    expect(answer.isEnded).toBe(true);
  });

  it('expects no body of a 204, of a 304, of an empty length and of HEAD', () => {
    expect(read('HTTP/1.1 204 No Content\r\n\r\n').isEnded).toBe(true);
    expect(read('HTTP/1.1 304 Not Modified\r\n\r\n').isEnded).toBe(true);
    expect(read('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n').isEnded).toBe(true);
    expect(read(CHUNKED, 'HEAD').isEnded).toBe(true);
  });

  it('passes over informational answers', () => {
    const answer = read(`HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n${CHUNKED}2\r\nok\r\n`);
    expect(answer.head?.status).toBe(200);
    expect(answer.body.toString()).toBe('ok');
  });

  it('tells a body that was cut from a complete one', () => {
    expect(read(`${CHUNKED}5\r\nhel`).reader.close()).toBe(false);
    expect(read(`${CHUNKED}5\r\nhello\r\n`).reader.close()).toBe(false);
    expect(read('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell').reader.close()).toBe(false);
    expect(read('HTTP/1.1 200 OK\r\nContent-').reader.close()).toBe(false);
    expect(read(`${CHUNKED}0\r\n\r\n`).reader.close()).toBe(true);
  });

  it.each([
    ['another protocol', 'SSH-2.0-OpenSSH\r\n\r\n'],
    ['a status that is none', 'HTTP/1.1 999 Odd\r\n\r\n'],
    ['a chunk without a size', `${CHUNKED}\r\nhello`],
    ['a chunk with a size beyond memory', `${CHUNKED}FFFFFFFFF\r\n`],
    ['a chunk that is longer than its size', `${CHUNKED}2\r\nhello\r\n`],
    ['a chunk with half a line ending', `${CHUNKED}2\r\nhi\rx`],
    ['an encoding that is not known', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n'],
    ['a length that is none', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n'],
    ['bytes after the end', `${CHUNKED}0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n`],
    ['a head without an end', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(70_000)}`],
  ])('refuses %s', (_what, text) => {
    expect(() => read(text)).toThrow(ResponseError);
  });

  it('reads the same whatever the chunks and wherever the bytes are cut', () => {
    const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }));
    const framings = fc.constantFrom('chunked', 'length', 'close');
    const sizes = fc.infiniteStream(fc.integer({ min: 1, max: 50 }));
    fc.assert(
      fc.property(chunks, framings, sizes, (body, framing, cuts) => {
        const answer = new Answer();
        for (const piece of cut(encode(body, framing), cuts)) answer.reader.read(piece);
        expect(answer.body).toEqual(Buffer.concat(body));
        expect(answer.reader.close()).toBe(true);
        expect(answer.isEnded).toBe(true);
      }),
    );
  });

  it('throws nothing but its own error at any bytes', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string().map((rest) => CHUNKED + rest),
    );
    fc.assert(
      fc.property(text, (answer) => {
        try {
          read(answer).reader.close();
        } catch (error) {
          expect(error).toBeInstanceOf(ResponseError);
        }
      }),
    );
  });
});

function encode(body: Uint8Array[], framing: string): Buffer {
  const all = Buffer.concat(body);
  if (framing === 'length') {
    return Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${all.length}\r\n\r\n`), all]);
  }
  if (framing === 'close') return Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n'), all]);
  const chunks = body.flatMap((chunk) => [
    Buffer.from(`${chunk.length.toString(16)}\r\n`),
    Buffer.from(chunk),
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([Buffer.from(CHUNKED), ...chunks, Buffer.from('0\r\n\r\n')]);
}

function cut(bytes: Buffer, sizes: Iterator<number>): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = Number(sizes.next().value);
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}
