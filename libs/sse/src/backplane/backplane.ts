import { type LogPosition } from '../protocol/event-id.js';
import { type PassedMessage } from './channel-message.js';
import { type EventLog } from './event-log.js';
import { type PresenceEvent, type PresencePort } from './presence-port.js';
import { type DeadLetter, type QueuePort } from './queue-port.js';
import { type RecordPort } from './record-port.js';

/** A request to all nodes, such as "close the connections of this user". Plain JSON; its meaning is the nodes' affair. */
export interface NodeCommand {
  /** What to do. */
  readonly name: string;
}

/** Messages that can't be delivered any more. */
export interface Loss {
  /** The channels in which something may be missing; `all` if the log is another one. */
  readonly channels: readonly string[] | 'all';
  /** Where these channels go on. */
  readonly position: LogPosition;
  /** `epoch`: the log is another one · `history`: it does not reach back far enough · `backplane`: it could not be read. */
  readonly reason: 'epoch' | 'history' | 'backplane';
}

/** What a node offers to its backplane. All are called in the order in which the log has things. */
export interface BackplaneNode {
  /** Unique among the nodes. */
  readonly id: string;
  /**
   * Hands a message to the channel's listeners on this node. Recorded ones come with growing numbers, over all channels,
   * each once, and none of a channel is left out unless `lost()` tells so.
   */
  deliver(message: PassedMessage): void;
  /** Tells that messages of some channels can't be delivered any more. */
  lost(loss: Loss): void;
  /** Somebody came to, or left, a channel that this node subscribes to. */
  presence(event: PresenceEvent): void;
  /** The engine answers again after it was away: what was asked of it meanwhile is to be asked once more. */
  resumed(): void;
  /** Messages have left their queue, since their time was over, while nobody asked for them. */
  buried(dead: readonly DeadLetter[]): void;
  /** Resolves when the command was carried out on this node. It never rejects: what goes wrong is in the node's log. */
  execute(command: NodeCommand): Promise<void>;
}

/** The bounds that a backplane keeps, from the options of the module. */
export interface BackplaneSettings {
  /** What is kept of channels. */
  readonly history: {
    /** Events of each channel. */
    readonly maxEvents: number;
    /** How long an event is kept, in milliseconds. */
    readonly maxAge: number;
    /** Bytes of all channels, of an engine in the process. */
    readonly maxTotalBytes: number;
  };
  /** What waits for users. */
  readonly messageQueue: {
    /** Messages of each user. */
    readonly maxPerUser: number;
    /** How long a message waits, in milliseconds. */
    readonly ttl: number;
    /** How often a message is sent. */
    readonly maxAttempts: number;
    /** Bytes of all queues, of an engine in the process. */
    readonly maxTotalBytes: number;
  };
}

/** Whether the engine behind a backplane answers. */
export interface BackplaneHealth {
  /** `down` while the engine does not answer. */
  readonly status: 'up' | 'down';
  /** Why it does not, in words for people. */
  readonly reason?: string;
}

/**
 * The port between nodes: whatever implements it carries events and commands to every node, this one included, keeps
 * what clients may have missed, and knows who is where.
 *
 * `nestjs-event-stream/testing` has the tests that an implementation must pass.
 */
export interface Backplane extends EventLog, PresencePort, QueuePort, RecordPort {
  /** Called once, before anything else. An engine that does not answer is not an error: it is waited for. */
  start(node: BackplaneNode, settings: BackplaneSettings): Promise<void>;
  /**
   * Runs on every node, this one included, and resolves when it was carried out at least here. It is logged: a node that
   * was cut off runs it when it is back.
   *
   * @param node only on this node
   * @throws SseBackplaneError if the engine behind it is away
   */
  command(command: NodeCommand, node?: string): Promise<void>;
  /** How the engine is, as far as is known at this moment: nothing is asked of it. */
  readonly health: BackplaneHealth;
  /** Lets go of everything. Called once, after everything else. This node's members leave when its lease ends. */
  close(): Promise<void>;
}

/** Makes the backplane of one node. */
export type BackplaneFactory = (context: { nodeId: string }) => Backplane | Promise<Backplane>;
