import { type Linger } from '../transport/linger.js';
import { type CatchUp } from './catch-up.js';
import { type ChannelSubscriber } from './channel-subscriber.js';
import { type CloseReason } from './close-reason.js';
import { type OutboxServices } from './outbox-surroundings.js';
import { type SseConnection } from './sse-connection.js';

/** What all connections share. */
export interface ConnectionServices extends OutboxServices {
  readonly subscriber: ChannelSubscriber;
  readonly catchUp: CatchUp;
  readonly linger: Linger;
  /** Called once for each connection that has ended. */
  closed(connection: SseConnection, reason: CloseReason): void;
}

/** Injects the {@link ConnectionServices}. */
export const CONNECTION_SERVICES = Symbol('sse:connection-services');
