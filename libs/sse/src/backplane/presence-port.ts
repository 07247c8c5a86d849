/** What a node has of a user in a channel. */
export interface PresenceUpdate {
  /** The name of the channel. */
  readonly channel: string;
  /** Who is in it, or was. */
  readonly userId: string;
  /** The user's connections of this node to the channel; 0 when the last has gone. */
  readonly connections: number;
  /** Since when he is there, in milliseconds since 1970. */
  readonly since: number;
}

/** Somebody who is in a channel, over all nodes. */
export interface PresenceEntry {
  /** Who it is. */
  readonly userId: string;
  /** His connections to it. */
  readonly connections: number;
  /** Since when, in milliseconds since 1970. */
  readonly since: number;
}

/** A user came to a channel with his first connection to any node, or left it with his last. */
export interface PresenceEvent {
  /** Whether he came or left. */
  readonly type: 'join' | 'leave';
  /** The name of the channel. */
  readonly channel: string;
  /** Who it is. */
  readonly userId: string;
}

/** A node that is alive, with what it says of itself. */
export interface NodeLease {
  /** The id of the node. */
  readonly id: string;
  /** What it last gave to `describeNode()`. */
  readonly payload: unknown;
}

/**
 * Who is in which channel, on which node. A node's members are leased: when it stops renewing its lease, they leave,
 * which is told once; when it turns out to be alive, they are registered anew.
 */
export interface PresencePort {
  /** @throws SseBackplaneError if the engine behind it is away; what this node has is registered when it is back */
  updatePresence(updates: readonly PresenceUpdate[]): Promise<void>;
  /** The members of a channel, over all nodes. */
  members(channel: string): Promise<PresenceEntry[]>;
  /** What this node says of itself: a small plain object, which goes out with the next renewal of its lease. */
  describeNode(payload: unknown): void;
  /** The nodes that are alive, this one included. */
  nodes(): Promise<NodeLease[]>;
}
