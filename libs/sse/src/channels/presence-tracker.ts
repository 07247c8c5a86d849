import { Inject, Injectable } from '@nestjs/common';
import { type Backplane } from '../backplane/backplane.js';
import { BACKPLANE } from '../backplane/tokens.js';
import { ConnectionRegistry } from '../connections/connection-registry.js';
import { type SseConnection } from '../connections/sse-connection.js';
import { TimerWheel } from '../connections/timer-wheel.js';
import { type ResolvedOptions } from '../options/resolved-options.js';
import { SSE_OPTIONS } from '../options/tokens.js';
import { isAudience } from './audience.js';
import { LocalMember } from './local-member.js';
import { PresenceUpdates } from './presence-updates.js';

/**
 * Makes users of connections: who is in which channel of this node, with how many open streams. A user whose last
 * stream was cut has some time to come back before he is gone.
 */
@Injectable()
export class PresenceTracker {
  private readonly channels = new Map<string, Map<string, LocalMember>>();
  /** Open connections of users. One that is refused while it opens was never there. */
  private readonly open = new Set<SseConnection>();
  private readonly updates: PresenceUpdates;
  private readonly grace: number;
  private stopped = false;

  constructor(
    @Inject(SSE_OPTIONS) { presence }: Pick<ResolvedOptions, 'presence'>,
    @Inject(BACKPLANE) backplane: Backplane,
    registry: ConnectionRegistry,
    private readonly wheel: TimerWheel,
  ) {
    this.grace = presence.grace;
    this.updates = new PresenceUpdates(backplane, wheel, (member) => this.forget(member));
    registry.opened$.subscribe((connection) => this.opened(connection));
    registry.membership$.subscribe(({ type, connection, channel }) => {
      if (!this.open.has(connection)) return;
      if (type === 'join') this.joined(connection, channel);
      else this.left(connection, channel);
    });
    registry.closed$.subscribe(({ connection }) => this.open.delete(connection));
  }

  /** Resolves when the backplane has heard of all who came and went until now, or does not answer. */
  settled(): Promise<void> {
    return this.updates.settled();
  }

  /** Those whose streams end now come back to another node: whoever does not is gone when this node's lease ends. */
  stop(): void {
    this.stopped = true;
    this.updates.stop();
    for (const members of this.channels.values()) for (const member of members.values()) this.wheel.cancel(member);
    this.channels.clear();
  }

  private opened(connection: SseConnection): void {
    // Somebody who heard of it first may have closed it.
    if (connection.userId === undefined || connection.isClosed) return;
    this.open.add(connection);
    for (const channel of connection.joined) this.joined(connection, channel);
  }

  private joined({ userId }: SseConnection, channel: string): void {
    if (userId === undefined || isAudience(channel) || this.stopped) return;
    const member = this.member(channel, userId);
    this.wheel.cancel(member);
    member.connections++;
    this.updates.note(member);
  }

  private left({ userId, isClosed }: SseConnection, channel: string): void {
    const member = userId === undefined ? undefined : this.channels.get(channel)?.get(userId);
    if (!member) return;
    member.connections--;
    // Who leaves the channel and keeps his stream is not on his way back.
    if (member.connections === 0 && isClosed && this.grace > 0) this.wheel.add(member, this.grace);
    this.updates.note(member);
  }

  private member(channel: string, userId: string): LocalMember {
    let members = this.channels.get(channel);
    if (!members) this.channels.set(channel, (members = new Map<string, LocalMember>()));
    let member = members.get(userId);
    if (!member) members.set(userId, (member = new LocalMember(channel, userId, this.graceEnded)));
    return member;
  }

  private readonly graceEnded = (member: LocalMember): void => {
    this.updates.note(member);
  };

  private forget({ channel, userId }: LocalMember): void {
    const members = this.channels.get(channel);
    members?.delete(userId);
    if (members?.size === 0) this.channels.delete(channel);
  }
}
