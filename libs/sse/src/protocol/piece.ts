import { Buffer } from 'node:buffer';

/**
 * Bytes of a response's body that many connections are sent.
 *
 * They stand in one buffer together with the HTTP/1.1 chunk around them, since handing one ready buffer to every socket is
 * what makes a delivery cost little more than its system call (docs/benchmark.md, P1). Who needs them without the chunk takes
 * `payload`, a view of the same memory.
 */
export class Piece {
  /** The bytes within an HTTP/1.1 chunk (RFC 9112, section 7.1). */
  readonly chunk: Buffer;
  /** How many they are, without the chunk. A field, since it is read several times for each delivery. */
  readonly bytes: number;
  private readonly payloadStart: number;
  private view: Buffer | undefined;

  constructor(body: string | Uint8Array) {
    this.bytes = Buffer.byteLength(body);
    const head = `${this.bytes.toString(16)}\r\n`;
    this.chunk =
      typeof body === 'string'
        ? Buffer.from(`${head}${body}\r\n`)
        : Buffer.concat([Buffer.from(head), body, Buffer.from('\r\n')]);
    this.payloadStart = head.length;
  }

  /** The bytes alone, for responses that are not chunked by us. */
  get payload(): Buffer {
    return (this.view ??= this.chunk.subarray(this.payloadStart, this.chunk.length - 2));
  }
}
