import { Inject, Injectable } from '@nestjs/common';
import { type Backplane } from '../backplane/backplane.js';
import { type PresenceEvent } from '../backplane/presence-port.js';
import { BACKPLANE } from '../backplane/tokens.js';
import { TimerWheel } from '../connections/timer-wheel.js';
import { ChannelMembership } from './channel-membership.js';
import { type PresenceFollower, PresenceRoster } from './presence-roster.js';

/** Takes what the backplane tells of comings and goings to those of this node who want to know. */
@Injectable()
export class PresenceFeed {
  /** One for each channel that somebody follows. */
  private readonly rosters = new Map<string, PresenceRoster>();

  constructor(
    @Inject(BACKPLANE) private readonly backplane: Backplane,
    private readonly membership: ChannelMembership,
    private readonly wheel: TimerWheel,
  ) {}

  /** From the backplane. What nobody here follows is not looked at. */
  presence(event: PresenceEvent): void {
    this.rosters.get(event.channel)?.apply(event);
  }

  /** From now on the follower hears who comes and goes; also where no stream of this node listens to the channel. */
  follow(channel: string, follower: PresenceFollower): PresenceRoster {
    let roster = this.rosters.get(channel);
    if (!roster) this.rosters.set(channel, (roster = this.begin(channel)));
    roster.followers.add(follower);
    return roster;
  }

  unfollow(channel: string, follower: PresenceFollower): void {
    const roster = this.rosters.get(channel);
    if (!roster?.followers.delete(follower) || roster.followers.size > 0) return;
    this.rosters.delete(channel);
    roster.close();
  }

  stop(): void {
    for (const roster of this.rosters.values()) roster.close();
  }

  private begin(channel: string): PresenceRoster {
    const source = {
      observe: () => this.membership.observe(channel),
      members: () => this.backplane.members(channel),
    };
    return new PresenceRoster(channel, source, this.wheel);
  }
}
