import { type Frame } from '../protocol/frame.js';
import { type Piece } from '../protocol/piece.js';
import { type RawResponse } from './http-exchange.js';

/** The bytes of one open response: what a queue needs to know of it. */
export interface ResponseWriter {
  readonly response: RawResponse;
  /** The client does not keep up: what is written now only piles up in this process. */
  readonly blocked: boolean;
  /** Bytes that were written and that the kernel did not take yet. */
  readonly unflushedBytes: number;
  /** Bytes that the kernel took since the stream opened, or a number that grows with them. */
  readonly flushedBytes: number;
  write(frame: Frame): void;
  /** Several frames at once, in one system call where that is possible. */
  writeAll(frames: readonly Frame[]): void;
  /** Calls back once when the client reads again. */
  onceDrained(callback: () => void): void;
  /** Lets go of the socket: nothing of this stream is written, or heard of, any more. */
  detach(): void;
  /** Ends the response in order. The writer lets go of the socket first: the next response on it is somebody else's. */
  end(): void;
  /** Cuts the connection, so that the client sees that the response is not complete. */
  destroy(): void;
  /** The same after everything that was written has left, if the client takes it. */
  destroyAfterFlush(): void;
}

/**
 * Takes whatever bytes the body is made of: frames as they are, or what stands for them in a compressed one. There is one for
 * HTTP/1.1, which writes ready chunks to the socket, and a plain one for all else.
 */
export interface PieceWriter extends ResponseWriter {
  write(piece: Piece): void;
  writeAll(pieces: readonly Piece[]): void;
}
