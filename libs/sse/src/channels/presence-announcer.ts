import { Injectable } from '@nestjs/common';
import { ConnectionRegistry } from '../connections/connection-registry.js';
import { type SseConnection } from '../connections/sse-connection.js';
import { TimerWheel } from '../connections/timer-wheel.js';
import { PresenceFeed } from './presence-feed.js';
import { PresenceRoom } from './presence-room.js';

/** Tells streams who is in their channels, where a channel has the option `presence`. */
@Injectable()
export class PresenceAnnouncer {
  /** One for each channel with a stream that is told. */
  private readonly rooms = new Map<string, PresenceRoom>();
  /** The channels of which a stream is told. One that it comes to later by another way is none of them. */
  private readonly wanted = new WeakMap<SseConnection, ReadonlySet<string>>();

  constructor(
    private readonly feed: PresenceFeed,
    private readonly wheel: TimerWheel,
    registry: ConnectionRegistry,
  ) {
    registry.opened$.subscribe((connection) => this.opened(connection));
    registry.membership$.subscribe(({ type, connection, channel }) => {
      if (type === 'leave') this.leave(connection, channel);
      else if (connection.isOpen) this.enter(connection, channel);
    });
  }

  /** To be called before the stream opens: it is to be told of these channels. */
  watch(connection: SseConnection, names: ReadonlySet<string>): void {
    if (names.size > 0 && !connection.settings.raw) this.wanted.set(connection, names);
  }

  stop(): void {
    for (const room of this.rooms.values()) room.close();
    this.rooms.clear();
  }

  private opened(connection: SseConnection): void {
    // Somebody who heard of it first may have closed it.
    if (!connection.isOpen || !this.wanted.has(connection)) return;
    for (const channel of connection.joined) this.enter(connection, channel);
  }

  private enter(connection: SseConnection, channel: string): void {
    if (!this.wanted.get(connection)?.has(channel)) return;
    let room = this.rooms.get(channel);
    if (!room) this.rooms.set(channel, (room = new PresenceRoom(channel, this.feed, this.wheel)));
    room.enter(connection);
  }

  private leave(connection: SseConnection, channel: string): void {
    const room = this.rooms.get(channel);
    if (!room) return;
    room.leave(connection);
    if (!room.isEmpty) return;
    this.rooms.delete(channel);
    room.close();
  }
}
