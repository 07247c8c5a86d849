import { type SseIdentity } from '../options/sse-identity.js';
import { type EventFields } from '../protocol/event-block.js';

/** Whose connections a command is about. */
export type ConnectionTarget = { readonly user: string } | { readonly connection: string };
/** Whose connections are ended: a user's, one, or those of one token (`jti`). */
export type DisconnectTarget = ConnectionTarget | { readonly token: string };

/** What the nodes ask of one another. */
export type SseCommand =
  | { readonly name: 'send'; readonly connection: string; readonly event: EventFields }
  | { readonly name: 'subscribe' | 'unsubscribe'; readonly target: ConnectionTarget; readonly channel: string }
  | { readonly name: 'disconnect'; readonly target: DisconnectTarget; readonly text?: string }
  | { readonly name: 'identity'; readonly userId: string; readonly identity: SseIdentity }
  | { readonly name: 'flush'; readonly userId: string };
