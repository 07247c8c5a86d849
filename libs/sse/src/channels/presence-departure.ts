import { Injectable } from '@nestjs/common';
import { PresenceAnnouncer } from './presence-announcer.js';
import { PresenceFeed } from './presence-feed.js';
import { PresenceTracker } from './presence-tracker.js';

/**
 * Before a node ends its streams, it stops telling who comes and goes: those who leave it come back to another. Whoever does
 * not has left when the lease of this node ends.
 */
@Injectable()
export class PresenceDeparture {
  constructor(
    private readonly tracker: PresenceTracker,
    private readonly announcer: PresenceAnnouncer,
    private readonly feed: PresenceFeed,
  ) {}

  begin(): void {
    this.tracker.stop();
    this.announcer.stop();
    this.feed.stop();
  }
}
