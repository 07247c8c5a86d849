import { type PreparedRequest } from '../opening/stream-request.js';
import { Cursor } from './cursor.js';

/** One EventSource, through all of its connections: it asks for the same URL each time, and knows how far it has come. */
export class Visitor {
  readonly cursor = new Cursor();
  /** How often it has asked. */
  attempts = 0;
  /** How often it was let in. */
  openings = 0;

  constructor(readonly request: PreparedRequest) {}
}
