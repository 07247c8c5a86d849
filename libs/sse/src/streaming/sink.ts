import { type Observer } from 'rxjs';
import { type SseConnection } from '../connections/sse-connection.js';

/** Where the values of a source, its end and its failure go: into one connection. */
export interface Sink extends Observer<unknown> {
  readonly connection: SseConnection;
}
