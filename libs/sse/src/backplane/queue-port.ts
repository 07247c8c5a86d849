import { type LogPosition } from '../protocol/event-id.js';
import { type ChannelMessage, type Published } from './channel-message.js';

/** A message that waits for a user. */
export interface QueuedMessage {
  /** The id with which it was published. */
  readonly id: string;
  /** The number in its id. Numbers of one queue grow, also where the log begins anew. */
  readonly sequence: number;
  /** What is sent. */
  readonly message: ChannelMessage;
  /** How often it was sent to a user who came back. */
  readonly attempts: number;
}

/** A message that left its queue without having been taken. */
export interface DeadLetter {
  /** Whose queue it was in. */
  readonly userId: string;
  /** The message, as it was in the queue. */
  readonly letter: QueuedMessage;
  /** Sent as often as it may be · older than its time to live · the oldest, when the queue was full. */
  readonly reason: 'attempts' | 'expired' | 'overflow';
}

/** Messages that wait for users until they are taken. Each queue is bounded; so are all together, in-process. */
export interface QueuePort {
  /**
   * Publishes the message to its channel, and stores it in the user's queue, in one step. Returns what had to give way.
   *
   * @throws SseBackplaneError if the engine behind it is away
   */
  enqueue(
    userId: string,
    message: ChannelMessage,
    options?: { readonly idempotencyKey?: string },
  ): Promise<
    Published & {
      /** What had to give way. */
      readonly dead: readonly DeadLetter[];
    }
  >;
  /**
   * The next messages of a queue behind a number, the oldest first, and whether there are more. What has expired is
   * removed and returned.
   */
  queued(
    userId: string,
    after: number,
    limit: number,
  ): Promise<{
    /** The oldest first. */
    readonly messages: readonly QueuedMessage[];
    /** Whether there are more behind these. */
    readonly hasMore: boolean;
    /** What has expired. */
    readonly dead: readonly DeadLetter[];
  }>;
  /** Counts a try for each of these. Those that had as many as they may are removed and returned, and are not to be sent. */
  attempt(userId: string, sequences: readonly number[]): Promise<readonly DeadLetter[]>;
  /**
   * Every message of this log up to this number has been taken. Of messages of other logs its number says nothing. Returns
   * how many left the queue.
   */
  taken(userId: string, through: LogPosition): Promise<number>;
  /** How many messages wait for a user. */
  queueSize(userId: string): Promise<number>;
  /** Returns how many left the queue. */
  clearQueue(userId: string): Promise<number>;
}
