import { type EventFields } from '../protocol/event-block.js';

/** An event on its way to the listeners of one channel, on whichever node they are. Plain JSON throughout. */
export interface ChannelMessage extends EventFields {
  /** Whose listeners get it. */
  readonly channel: string;
  /** Not recorded and without an id: typing, cursors. */
  readonly ephemeral?: boolean;
  /** A newer message of the same key replaces one that still waits for a slow client. */
  readonly key?: string;
  /** Who does not get it. */
  readonly except?: { readonly connections?: readonly string[]; readonly users?: readonly string[] };
}

/** What became of a published event. */
export interface Published {
  /** Its id in the streams of its channel; none for an ephemeral event. */
  id?: string;
}

/** A request to all nodes, such as "close the connections of this user". Plain JSON; its meaning is the nodes' affair. */
export interface NodeCommand {
  /** What to do. */
  readonly name: string;
}

/** What a node offers to its backplane. Both are called in the order in which the backplane took things. */
export interface BackplaneNode {
  /** Unique among the nodes. */
  readonly id: string;
  /** Hands a message to the channel's listeners on this node. */
  deliver(message: ChannelMessage): void;
  /** Resolves when the command was carried out on this node. It never rejects: what goes wrong is in the node's log. */
  execute(command: NodeCommand): Promise<void>;
}

/**
 * The port between nodes: whatever implements it carries events and commands to every node, this one included.
 *
 * Messages of one caller keep their order, also when their promises are not awaited.
 */
export interface Backplane {
  /** Called once, before anything else. */
  start(node: BackplaneNode): Promise<void>;
  /**
   * Gives the message its id and takes it to every node with a subscription to its channel.
   *
   * @throws SseBackplaneError if the engine behind it is away
   */
  publish(message: ChannelMessage): Promise<Published>;
  /** From when this resolves, the channel's messages are delivered to this node. */
  subscribe(channel: string): Promise<void>;
  /** The channel's messages are of no use to this node any more. */
  unsubscribe(channel: string): Promise<void>;
  /** Runs on every node, this one included, and resolves when it was carried out at least here. */
  command(command: NodeCommand): Promise<void>;
  /** Lets go of everything. Called once, after everything else. */
  close(): Promise<void>;
}

/** Makes the backplane of one node. */
export type BackplaneFactory = (context: { nodeId: string }) => Backplane | Promise<Backplane>;
