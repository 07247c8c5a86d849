import { type Frame } from '../protocol/frame.js';
import { type SseConnection } from './sse-connection.js';

/** Where a connection gets what it has missed. The channels' room implements it, since it knows the history. */
export interface CatchUp {
  /** The connection is behind, and all that waited is written: it takes the next page when its turn comes. */
  want(connection: SseConnection): void;
  /** What moves the client's cursor to where it really stands, if that is further than the last id that it was sent. */
  checkpoint(connection: SseConnection): Frame | undefined;
}
