import { type Revocation } from './revocation.js';
import { type SseIdentity } from '../options/sse-identity.js';
import { type EventFields } from '../protocol/event-block.js';

/** Whose connections a command is about. */
export type ConnectionTarget =
  | {
      /** The id of a user: all of his connections. */
      readonly user: string;
    }
  | {
      /** The id of one connection. */
      readonly connection: string;
    };
/** Whose connections are ended: a user's, one, or those of one token. */
export type DisconnectTarget = ConnectionTarget | TokenTarget;

/** A token, by its id (`jti`). */
export interface TokenTarget {
  /** Its id. */
  readonly token: string;
  /** When the token ends: so long it stays revoked. Default: `tokens.maxLife` from now on. */
  readonly expiresAt?: Date;
}

/** What the nodes ask of one another. */
export type SseCommand =
  | { readonly name: 'send'; readonly connection: string; readonly event: EventFields }
  | { readonly name: 'subscribe' | 'unsubscribe'; readonly target: ConnectionTarget; readonly channel: string }
  | {
      readonly name: 'disconnect';
      readonly target: ConnectionTarget | { readonly token: string };
      readonly text?: string;
      /** What was revoked by it, for nodes that can't ask the engine just then. */
      readonly revocation?: Revocation;
    }
  | { readonly name: 'identity'; readonly userId: string; readonly identity: SseIdentity }
  | { readonly name: 'flush'; readonly userId: string };
