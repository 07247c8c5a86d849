import { Buffer } from 'node:buffer';
import { randomBytes, randomFillSync } from 'node:crypto';

/** Six bytes are eight characters: a node's id is the beginning of the ids of its connections. */
const NODE_BYTES = 6;
/** What can't be guessed: 128 bits. */
const RANDOM_BYTES = 16;
/** Random bytes are fetched for so many ids at once: fetched for each alone they cost a tenth of opening a stream. */
const IDS_AT_ONCE = 256;

const CONNECTION_ID = /^[\w-]{30}$/;

/** The node that a connection is, or was, one of; nothing if no connection can have this id. */
export function nodeOfConnection(id: string): string | undefined {
  return CONNECTION_ID.test(id) ? id.slice(0, 8) : undefined;
}

/** Names the connections of one node so that the node can be told from it, and nobody can guess them. */
export class ConnectionIds {
  readonly node: string;
  private readonly pool = Buffer.alloc(RANDOM_BYTES * IDS_AT_ONCE);
  private used = this.pool.length;
  private readonly id = randomBytes(NODE_BYTES + RANDOM_BYTES);

  constructor() {
    this.node = this.id.toString('base64url', 0, NODE_BYTES);
  }

  next(): string {
    if (this.used === this.pool.length) {
      randomFillSync(this.pool);
      this.used = 0;
    }
    this.pool.copy(this.id, NODE_BYTES, this.used, (this.used += RANDOM_BYTES));
    // Encoded in one piece: joined from two it would be held as three strings.
    return this.id.toString('base64url');
  }
}
