import { ResponseHead } from './response-head.js';

const LF = 10;
const CR = 13;
const SEMICOLON = 59;
const MAX_HEAD_BYTES = 65_536;
/** More digits than a chunk that fits into memory can have. */
const MAX_SIZE_DIGITS = 8;

const HEAD = 0;
const SIZE = 1;
const EXTENSION = 2;
const SIZE_LF = 3;
const CHUNK = 4;
const CHUNK_CR = 5;
const CHUNK_LF = 6;
const TRAILER = 7;
const UNTIL_LENGTH = 8;
const UNTIL_CLOSE = 9;
const DONE = 10;

/** Whoever reads an answer. The bytes given to `onBody` are good until it returns. */
export interface ResponseSink {
  onHead(head: ResponseHead): void;
  onBody(bytes: Buffer, start: number, end: number): void;
  /** The body is complete. */
  onEnd(): void;
}

/** The peer does not speak HTTP/1. */
export class ResponseError extends Error {
  readonly code = 'PROTOCOL';
}

/**
 * Reads one HTTP/1.0 or 1.1 answer piece by piece, wherever the pieces are cut, and copies nothing of the body: chunked,
 * of a given length, or until the connection closes.
 *
 * A class of plain fields and not of closures or streams, since a load of 10,000 streams has one for each.
 */
export class ResponseReader {
  #state = HEAD;
  #head = '';
  #size = 0;
  #digits = 0;
  #lineLength = 0;

  /** @param method the method of the request: an answer to HEAD has no body */
  constructor(
    private readonly sink: ResponseSink,
    private readonly method = 'GET',
  ) {}

  /** @throws {ResponseError} when these bytes are no HTTP/1 answer, or go on after its end */
  read(bytes: Buffer, length = bytes.length): void {
    let at = 0;
    while (at < length) {
      switch (this.#state) {
        case HEAD:
          at = this.#readHead(bytes, at, length);
          break;
        case CHUNK:
        case UNTIL_LENGTH:
          at = this.#readCounted(bytes, at, length);
          break;
        case UNTIL_CLOSE:
          this.sink.onBody(bytes, at, length);
          return;
        case DONE:
          throw new ResponseError(`${length - at} bytes came after the end of the answer`);
        default:
          this.#readFraming(bytes[at] ?? 0);
          at++;
      }
    }
  }

  /** The connection was closed by the peer. Returns whether the answer was complete; if not, it was cut. */
  close(): boolean {
    if (this.#state === UNTIL_CLOSE) this.#end();
    return this.#state === DONE;
  }

  #readHead(bytes: Buffer, at: number, length: number): number {
    const before = this.#head.length;
    this.#head += bytes.toString('latin1', at, length);
    const end = this.#head.indexOf('\r\n\r\n', Math.max(0, before - 3));
    if (end === -1) {
      if (this.#head.length > MAX_HEAD_BYTES) throw new ResponseError(`The head is over ${MAX_HEAD_BYTES} bytes long`);
      return length;
    }
    const text = this.#head.slice(0, end + 2);
    this.#head = '';
    this.#begin(this.#parse(text));
    return at + end + 4 - before;
  }

  #parse(text: string): ResponseHead {
    try {
      return new ResponseHead(text);
    } catch (error) {
      throw new ResponseError((error as Error).message);
    }
  }

  #begin(head: ResponseHead): void {
    // 100 Continue and 103 Early Hints come before the answer.
    if (head.status < 200) return;
    this.#state = this.#framing(head);
    const isEmpty = this.#state === DONE;
    this.sink.onHead(head);
    if (isEmpty) this.sink.onEnd();
  }

  #framing(head: ResponseHead): number {
    if (this.method === 'HEAD' || head.status === 204 || head.status === 304) return DONE;
    const encoding = head.header('transfer-encoding');
    if (encoding !== undefined) {
      if (encoding.toLowerCase() !== 'chunked') throw new ResponseError(`Transfer-Encoding ${encoding} is not chunked`);
      return SIZE;
    }
    const length = head.header('content-length');
    if (length === undefined) return UNTIL_CLOSE;
    if (!/^\d{1,15}$/.test(length)) throw new ResponseError(`Content-Length ${length} is no number`);
    this.#size = Number(length);
    return this.#size === 0 ? DONE : UNTIL_LENGTH;
  }

  #readCounted(bytes: Buffer, at: number, length: number): number {
    const end = Math.min(length, at + this.#size);
    this.#size -= end - at;
    const isComplete = this.#size === 0;
    const isChunk = this.#state === CHUNK;
    if (isComplete && isChunk) this.#state = CHUNK_CR;
    this.sink.onBody(bytes, at, end);
    if (isComplete && !isChunk) this.#end();
    return end;
  }

  #readFraming(byte: number): void {
    switch (this.#state) {
      case SIZE:
        this.#readSize(byte);
        break;
      case EXTENSION:
        if (byte === CR) this.#state = SIZE_LF;
        break;
      case SIZE_LF:
        this.#expect(byte, LF);
        this.#state = this.#size === 0 ? TRAILER : CHUNK;
        this.#digits = 0;
        break;
      case CHUNK_CR:
        this.#expect(byte, CR);
        this.#state = CHUNK_LF;
        break;
      case CHUNK_LF:
        this.#expect(byte, LF);
        this.#state = SIZE;
        break;
      case TRAILER:
        if (byte === LF && this.#lineLength === 0) this.#end();
        else if (byte === LF) this.#lineLength = 0;
        else if (byte !== CR) this.#lineLength++;
        break;
    }
  }

  #readSize(byte: number): void {
    const digit = hexDigit(byte);
    if (digit >= 0 && this.#digits < MAX_SIZE_DIGITS) {
      this.#size = this.#size * 16 + digit;
      this.#digits++;
    } else if (this.#digits > 0 && byte === CR) {
      this.#state = SIZE_LF;
    } else if (this.#digits > 0 && (byte === SEMICOLON || byte === 32 || byte === 9)) {
      this.#state = EXTENSION;
    } else {
      throw new ResponseError(`A chunk has no size: byte ${byte} stands where it should be`);
    }
  }

  #expect(byte: number, expected: number): void {
    if (byte !== expected) throw new ResponseError(`A chunk ends with byte ${byte} in place of ${expected}`);
  }

  #end(): void {
    this.#state = DONE;
    this.sink.onEnd();
  }
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}
