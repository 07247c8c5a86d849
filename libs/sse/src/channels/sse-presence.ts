import { Inject, Injectable } from '@nestjs/common';
import { Observable } from 'rxjs';
import { type Backplane } from '../backplane/backplane.js';
import { BACKPLANE } from '../backplane/tokens.js';
import { channelName, type NamedChannel } from './channel.js';
import { checkChannelName } from './channel-name.js';
import { PresenceFeed } from './presence-feed.js';
import { PresenceTracker } from './presence-tracker.js';

/** Somebody who is in a channel, with however many tabs. */
export interface PresenceMember {
  /** Who it is. */
  readonly userId: string;
  /** His connections to the channel, over all nodes. While he may come back from a cut, one is counted. */
  readonly connections: number;
  /** Since when he is there. A short reconnect does not count. */
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

/**
 * Who is in a channel, over all nodes: users, not connections. Connections without an identity are nobody. Who is back
 * within `presence.grace` has not left.
 *
 * @example
 * constructor(private readonly presence: SsePresence) {}
 * async isThere(userId: string, room: string) {
 *   const members = await this.presence.members(`room.${room}`);
 *   return members.some((member) => member.userId === userId);
 * }
 */
@Injectable()
export class SsePresence {
  /** @internal */
  constructor(
    @Inject(BACKPLANE) private readonly backplane: Backplane,
    private readonly tracker: PresenceTracker,
    private readonly feed: PresenceFeed,
  ) {}

  /**
   * Everybody who listens to the channel, those who are there longest first. It asks the engine behind the backplane.
   *
   * @throws SseBackplaneError if that is away
   */
  async members(channel: string | NamedChannel): Promise<PresenceMember[]> {
    const name = checkedName(channel);
    // Those whose streams this node has just opened are among them.
    await this.tracker.settled();
    const entries = await this.backplane.members(name);
    return [...entries]
      .sort((one, other) => one.since - other.since)
      .map(({ userId, connections, since }) => ({ userId, connections, since: new Date(since) }));
  }

  /**
   * Joins and leaves from now on, each once for a user, on whichever nodes his connections are: a second tab is neither.
   * This node need not have a stream of the channel. What is missed while the engine is away comes when it is back.
   */
  changes$(channel: string | NamedChannel): Observable<PresenceChange> {
    const name = checkedName(channel);
    return new Observable((subscriber) => {
      const follower = { changed: (change: PresenceChange) => subscriber.next(change) };
      this.feed.follow(name, follower);
      return () => this.feed.unfollow(name, follower);
    });
  }
}

function checkedName(channel: string | NamedChannel): string {
  const name = channelName(channel);
  checkChannelName(name);
  return name;
}
