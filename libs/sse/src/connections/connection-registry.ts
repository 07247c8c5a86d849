import { Injectable } from '@nestjs/common';
import { Subject } from 'rxjs';
import { type SseIdentity } from '../options/sse-identity.js';
import { Admission } from './admission.js';
import { type CloseReason, noClosures } from './close-reason.js';
import { QueueBudget } from './queue-budget.js';
import { Traffic } from './traffic.js';
import { type SseConnection } from './sse-connection.js';

/** This node's counts, see {@link ConnectionRegistry.stats}. */
export interface ConnectionStats {
  /** Open now. */
  readonly active: number;
  /** Opened since the start. */
  readonly opened: number;
  /** Refused since the start. */
  readonly refused: number;
  /** The most that were open at once. */
  readonly peak: number;
  /** Users with an open connection. */
  readonly users: number;
  /** Channels with a listener, those of audiences included. */
  readonly channels: number;
  /** Events that were left out, for whatever reason. */
  readonly dropped: number;
  /** Bytes that wait for slow clients. */
  readonly queuedBytes: number;
  /** Ended since the start, by reason. */
  readonly closed: Readonly<Record<CloseReason, number>>;
}

/** An end of a connection, with its reason. */
export interface ClosedConnection {
  /** What it was: it takes no events any more. */
  readonly connection: SseConnection;
  /** Why it ended. */
  readonly reason: CloseReason;
}

/** A connection came to a channel, or left it. */
export interface MembershipChange {
  /** What happened. */
  readonly type: 'join' | 'leave';
  /** Whose connection it was is in its identity. */
  readonly connection: SseConnection;
  /** Where. */
  readonly channel: string;
}

/**
 * The open connections of this node, by id, by user and by channel: the one index of who listens to what.
 *
 * @example
 * constructor(private readonly connections: ConnectionRegistry) {}
 * isOnline(userId: string) { return this.connections.countByUser(userId) > 0; }
 */
@Injectable()
export class ConnectionRegistry {
  private readonly connections = new Map<string, SseConnection>();
  private readonly admitted = new Set<SseConnection>();
  private readonly users = new Map<string, Set<SseConnection>>();
  private readonly channels = new Map<string, Set<SseConnection>>();
  private readonly opened = new Subject<SseConnection>();
  private readonly ended = new Subject<ClosedConnection>();
  private readonly membership = new Subject<MembershipChange>();
  private readonly renewed = new Subject<SseConnection>();
  private readonly closedBy = noClosures();
  private openedInAll = 0;
  private peak = 0;

  /** @internal */
  constructor(
    private readonly admission: Admission,
    private readonly budget: QueueBudget,
    private readonly traffic: Traffic,
  ) {}

  /** Connections as they open. */
  readonly opened$ = this.opened.asObservable();
  /** Connections as they end. Each that opened ends once. */
  readonly closed$ = this.ended.asObservable();
  /** Channels as connections come and go. */
  readonly membership$ = this.membership.asObservable();

  /** @internal Connections whose identity has changed. */
  readonly renewed$ = this.renewed.asObservable();

  /** Open connections. */
  get count(): number {
    return this.connections.size;
  }

  /** All counts at once. */
  stats(): ConnectionStats {
    return {
      active: this.connections.size,
      opened: this.openedInAll,
      refused: this.admission.refused,
      peak: this.peak,
      users: this.users.size,
      channels: this.channels.size,
      dropped: this.traffic.dropped,
      queuedBytes: this.budget.bytes,
      closed: { ...this.closedBy },
    };
  }

  /** The open connection of this id, if it is one of this node. */
  get(id: string): SseConnection | undefined {
    return this.connections.get(id);
  }

  /** All open connections, the oldest first. */
  all(): SseConnection[] {
    return [...this.connections.values()];
  }

  /** The user's open connections, the oldest first. */
  byUser(userId: string): SseConnection[] {
    return [...(this.users.get(userId) ?? [])];
  }

  /** Who listens to a channel on this node. */
  byChannel(channel: string): SseConnection[] {
    return [...(this.channels.get(channel) ?? [])];
  }

  /** As `byUser(userId).length`, without making a list. */
  countByUser(userId: string): number {
    return this.users.get(userId)?.size ?? 0;
  }

  /** As `byChannel(channel).length`, without making a list. */
  countByChannel(channel: string): number {
    return this.channels.get(channel)?.size ?? 0;
  }

  /** The channels with a listener on this node, those of audiences included, and how many each has. */
  channelCounts(): Map<string, number> {
    return new Map(Array.from(this.channels, ([channel, listeners]) => [channel, listeners.size]));
  }

  /** Closes a connection of this node; false if there is none. For all nodes: `SseBroadcaster.disconnect()`. */
  close(id: string, reason: CloseReason = 'kicked'): boolean {
    const connection = this.connections.get(id);
    connection?.close(reason);
    return connection !== undefined;
  }

  /** Closes the user's connections to this node and returns how many there were. */
  closeUser(userId: string, reason: CloseReason = 'kicked'): number {
    const connections = this.byUser(userId);
    for (const connection of connections) connection.close(reason);
    return connections.length;
  }

  /** @internal */
  renew(connection: SseConnection, identity: SseIdentity): void {
    connection.changeIdentity(identity);
    this.renewed.next(connection);
  }

  /** @internal The listeners of a channel, live, for the fan-out. */
  listeners(channel: string): ReadonlySet<SseConnection> | undefined {
    return this.channels.get(channel);
  }

  /** @internal */
  add(connection: SseConnection): void {
    this.admitted.delete(connection);
    this.connections.set(connection.id, connection);
    if (connection.userId !== undefined) addTo(this.users, connection.userId, connection);
    this.openedInAll++;
    this.peak = Math.max(this.peak, this.connections.size);
    this.opened.next(connection);
  }

  /** @internal */
  join(connection: SseConnection, channel: string): void {
    if (connection.isClosed || connection.joined.has(channel)) return;
    connection.joined.add(channel);
    addTo(this.channels, channel, connection);
    this.membership.next({ type: 'join', connection, channel });
  }

  /** @internal A connection that has ended keeps the names of its channels, for the close hooks. */
  leave(connection: SseConnection, channel: string): void {
    if (removeFrom(this.channels, channel, connection)) this.membership.next({ type: 'leave', connection, channel });
  }

  /** @internal From its admission on, a connection can be closed and given another identity. */
  enter(connection: SseConnection): void {
    this.admitted.add(connection);
  }

  /** @internal Those that were admitted and are not open yet, which no count shows. */
  opening(): SseConnection[] {
    return [...this.admitted];
  }

  /** @internal */
  remove(connection: SseConnection, reason: CloseReason): void {
    this.admitted.delete(connection);
    if (!this.connections.delete(connection.id)) return;
    if (connection.userId !== undefined) removeFrom(this.users, connection.userId, connection);
    this.closedBy[reason]++;
    this.ended.next({ connection, reason });
  }
}

function addTo<T>(index: Map<string, Set<T>>, key: string, item: T): void {
  const set = index.get(key);
  if (set) set.add(item);
  else index.set(key, new Set([item]));
}

/** Returns whether it was there. */
function removeFrom<T>(index: Map<string, Set<T>>, key: string, item: T): boolean {
  const set = index.get(key);
  if (!set?.delete(item)) return false;
  if (set.size === 0) index.delete(key);
  return true;
}
