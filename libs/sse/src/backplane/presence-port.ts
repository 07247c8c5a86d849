/** What a node has of a user in a channel. */
export interface PresenceUpdate {
  readonly channel: string;
  readonly userId: string;
  /** The user's connections of this node to the channel; 0 when the last has gone. */
  readonly connections: number;
  /** Since when he is there, in milliseconds since 1970. */
  readonly since: number;
}

/** Somebody who is in a channel, over all nodes. */
export interface PresenceEntry {
  readonly userId: string;
  /** His connections to it. */
  readonly connections: number;
  /** Since when, in milliseconds since 1970. */
  readonly since: number;
}

/** A user came to a channel with his first connection to any node, or left it with his last. */
export interface PresenceEvent {
  readonly type: 'join' | 'leave';
  readonly channel: string;
  readonly userId: string;
}

/** A node that is alive, with what it says of itself. */
export interface NodeLease {
  readonly id: string;
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
