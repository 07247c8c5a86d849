import { Injectable } from '@nestjs/common';
import { Observable } from 'rxjs';
import { ConnectionRegistry } from '../connections/connection-registry.js';
import { type SseConnection } from '../connections/sse-connection.js';
import { channelName, type NamedChannel } from './channel.js';

/** Somebody who is in a channel, with however many tabs. */
export interface PresenceMember {
  /** Who it is. */
  readonly userId: string;
  /** His connections to the channel. */
  readonly connections: number;
  /** Since when he is connected. */
  readonly since: Date;
}

/** Somebody came to a channel, or left it with his last connection. */
export interface PresenceChange {
  /** What happened. */
  readonly type: 'join' | 'leave';
  /** Where. */
  readonly channel: string;
  /** Who it was. */
  readonly userId: string;
}

/** Who is in a channel: users, not connections. Connections without an identity are nobody. */
@Injectable()
export class SsePresence {
  /** @internal */
  constructor(private readonly registry: ConnectionRegistry) {}

  /** Everybody who listens to the channel, those who are there longest first. */
  members(channel: string | NamedChannel): Promise<PresenceMember[]> {
    const byUser = new Map<string, SseConnection[]>();
    for (const connection of this.registry.byChannel(channelName(channel))) {
      if (connection.userId === undefined) continue;
      const own = byUser.get(connection.userId);
      if (own) own.push(connection);
      else byUser.set(connection.userId, [connection]);
    }
    const members = [...byUser].map(([userId, own]) => ({
      userId,
      connections: own.length,
      since: new Date(Math.min(...own.map(({ openedAt }) => openedAt.getTime()))),
    }));
    return Promise.resolve(members.sort((one, other) => one.since.getTime() - other.since.getTime()));
  }

  /** Joins and leaves from now on. A second tab of the same user is neither. */
  changes$(of: string | NamedChannel): Observable<PresenceChange> {
    const channel = channelName(of);
    return new Observable((subscriber) => {
      const counts = new Map<string, number>();
      for (const { userId } of this.registry.byChannel(channel)) if (userId !== undefined) count(counts, userId, 1);
      return this.registry.membership$.subscribe(({ type, connection: { userId }, channel: where }) => {
        if (where !== channel || userId === undefined) return;
        const left = count(counts, userId, type === 'join' ? 1 : -1);
        if (left === (type === 'join' ? 1 : 0)) subscriber.next({ type, channel, userId });
      });
    });
  }
}

/** The new count. */
function count(counts: Map<string, number>, userId: string, by: 1 | -1): number {
  const sum = (counts.get(userId) ?? 0) + by;
  if (sum > 0) counts.set(userId, sum);
  else counts.delete(userId);
  return sum;
}
