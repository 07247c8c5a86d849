import { type LogPosition } from '../protocol/event-id.js';
import { type ChannelMessage, type PassedMessage, type Published } from './channel-message.js';

/** What a channel had come to when a node subscribed to it. */
export interface Subscribed {
  /** Every message of the channel behind this position is delivered. */
  readonly position: LogPosition;
  /**
   * The number of the channel's last recorded message up to that position; 0 if there was none. It may be too high, where
   * it was forgotten, and is never too low.
   */
  readonly last: number;
}

/** What is left of a channel's messages. */
export interface ChannelHistory {
  /** Of which log it is. */
  readonly epoch: string;
  /** All that are retained, the oldest first. Nothing is missing between the first and the last. */
  readonly messages: readonly PassedMessage[];
  /** Nothing of the channel is missing behind this number: that of the last message that was forgotten; 0 if none was. */
  readonly completeAfter: number;
}

/**
 * The log of all recorded events. Events of the whole application are numbered by one counter; each channel's are kept
 * for a while, and passed to the nodes that subscribe to it.
 */
export interface EventLog {
  /**
   * Gives the message its id, records it unless it is ephemeral, and takes it to every node that subscribes to its channel.
   * Messages of one caller keep their order, also when their promises are not awaited.
   *
   * @param options.idempotencyKey a second publish of the same key within an hour does nothing, and has the id of the first
   * @throws SseBackplaneError if the engine behind it is away
   */
  publish(message: ChannelMessage, options?: { readonly idempotencyKey?: string }): Promise<Published>;
  /**
   * From when this resolves, the channel's messages are delivered to this node. While the engine is away it waits for it.
   *
   * @throws SseBackplaneError if the backplane was closed
   */
  subscribe(channel: string): Promise<Subscribed>;
  /** The channel's messages are of no use to this node any more. */
  unsubscribe(channel: string): Promise<void>;
  /**
   * Where this node stands: every recorded message up to here, of all channels that it subscribes to, has been delivered
   * to it or was told as lost. `undefined` while that can't be said: before the engine was reached, and while it is away.
   */
  readonly position: LogPosition | undefined;
  /**
   * Resolves with this node's position once it is no lower than the counter was at the call.
   *
   * @throws SseBackplaneError if the engine behind it is away
   */
  sync(): Promise<LogPosition>;
  /**
   * All that is retained of a channel, recorded up to the call or later.
   *
   * @throws SseBackplaneError if the engine behind it is away
   */
  history(channel: string): Promise<ChannelHistory>;
}
