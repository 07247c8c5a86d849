import { type SseConnection } from './sse-connection.js';

/** How a connection gets on and off a channel. The channels' room implements it, since it knows rules and backplane. */
export interface ChannelSubscriber {
  subscribe(connection: SseConnection, channel: string): Promise<void>;
  unsubscribe(connection: SseConnection, channel: string): Promise<void>;
  /** The connection has ended. */
  release(connection: SseConnection): void;
}
