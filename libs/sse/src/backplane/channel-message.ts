import { type EventFields } from '../protocol/event-block.js';

/** What is shed first, and what is flushed at once. Never the order. */
export type EventPriority = 'low' | 'normal' | 'critical';

/** An event on its way to the listeners of one channel, on whichever node they are. Plain JSON throughout. */
export interface ChannelMessage extends EventFields {
  /** Whose listeners get it. */
  readonly channel: string;
  /** Not recorded and without an id: typing, cursors. */
  readonly ephemeral?: boolean;
  /** A newer message of the same key replaces one that still waits for a slow client. */
  readonly key?: string;
  /** Who does not get it, now and when it is replayed. */
  readonly except?: {
    /** Ids of connections. */
    readonly connections?: readonly string[];
    /** Ids of users. */
    readonly users?: readonly string[];
  };
  /** Default: `normal`. */
  readonly priority?: EventPriority;
  /** Neither sent nor replayed when so many milliseconds have passed since it was published. */
  readonly ttl?: number;
  /** It also waits in the queue of its user until it is taken. Set by `enqueue()`. */
  readonly queued?: boolean;
}

/** A message as the log passes it to a node. */
export interface PassedMessage extends ChannelMessage {
  /** Its id, `<epoch>-<sequence>`; none for an ephemeral one. */
  readonly id?: string;
  /** The number in its id; 0 for an ephemeral one. */
  readonly sequence: number;
  /** The number of the recorded message before it in its channel, by which a hole is known; 0 if there was none. */
  readonly previous: number;
  /** Milliseconds since it was published, by the engine's clock; 0 for one that has just been. */
  readonly age: number;
}

/** What became of a published event. */
export interface Published {
  /** Its id in the streams of its channel; none for an ephemeral event. */
  id?: string;
}
