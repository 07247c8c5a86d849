import { type PresenceEvent } from '../backplane/presence-port.js';
import { monotonicNow } from '../connections/monotonic.js';
import { type SseConnection } from '../connections/sse-connection.js';
import { type TimerWheel, WheelEntry } from '../connections/timer-wheel.js';
import { frameOf } from '../protocol/event-encoder.js';
import { type Frame } from '../protocol/frame.js';
import { type PresenceFeed } from './presence-feed.js';
import { type PresenceFollower, type PresenceRoster } from './presence-roster.js';

/** Comings and goings of so many milliseconds are told together. */
const SPAN = 1_000;
/** After a quiet time there is little to wait for: who has just opened his stream is to find himself in the list. */
const SOON = 60;
/** User ids in one list. A channel may have any number of members, and an event may not. */
const MAX_LISTED = 100;

/**
 * The streams of one channel that are told who is there. However many come at once, whether members or listeners, there
 * is at most one list and one event of changes in a second, each encoded once.
 */
export class PresenceRoom extends WheelEntry implements PresenceFollower {
  /** Those who have the list, and are told what changes. */
  private readonly listeners = new Set<SseConnection>();
  /** Those who need the list: they have just come, or did not read when something changed. */
  private readonly newcomers = new Set<SseConnection>();
  private readonly joined = new Set<string>();
  private readonly left = new Set<string>();
  private readonly roster: PresenceRoster;
  private lastTold = -SPAN;

  constructor(
    private readonly channel: string,
    private readonly feed: PresenceFeed,
    private readonly wheel: TimerWheel,
  ) {
    super();
    this.roster = feed.follow(channel, this);
  }

  get isEmpty(): boolean {
    return this.listeners.size === 0 && this.newcomers.size === 0;
  }

  enter(connection: SseConnection): void {
    if (this.listeners.has(connection)) return;
    this.newcomers.add(connection);
    this.schedule();
  }

  leave(connection: SseConnection): void {
    this.listeners.delete(connection);
    this.newcomers.delete(connection);
  }

  close(): void {
    this.wheel.cancel(this);
    this.feed.unfollow(this.channel, this);
  }

  /** Of somebody who comes and goes, or goes and comes, between two events nothing is told. */
  changed({ type, userId }: PresenceEvent): void {
    const [these, others] = type === 'join' ? [this.joined, this.left] : [this.left, this.joined];
    if (!others.delete(userId)) these.add(userId);
    this.schedule();
  }

  known(): void {
    this.schedule();
  }

  override run(): void {
    this.lastTold = monotonicNow();
    const newcomers = [...this.newcomers].filter((connection) => !connection.isBlocked);
    if (this.listeners.size > 0 && this.joined.size + this.left.size > 0) this.tellChanges();
    this.joined.clear();
    this.left.clear();
    if (newcomers.length > 0) this.tellList(newcomers);
    if (this.newcomers.size > 0) this.schedule();
  }

  /** Nothing of this waits for a client that does not read, in the place of what it could not get anew. */
  private tellChanges(): void {
    const frame = this.changes();
    for (const connection of [...this.listeners]) {
      if (connection.isBlocked) {
        this.listeners.delete(connection);
        this.newcomers.add(connection);
      } else connection.deliver(frame);
    }
  }

  private tellList(newcomers: readonly SseConnection[]): void {
    const frame = this.list();
    for (const connection of newcomers) {
      // One of those before it may have taken it along as it ended.
      if (!this.newcomers.delete(connection)) continue;
      this.listeners.add(connection);
      connection.deliver(frame);
    }
  }

  private schedule(): void {
    if (this.slot || !this.roster.isKnown) return;
    this.wheel.add(this, Math.max(SOON, this.lastTold + SPAN - monotonicNow()));
  }

  private list(): Frame {
    const [members, isCut] = listed(this.roster.members);
    return this.frame({ members, more: isCut || undefined });
  }

  private changes(): Frame {
    const [joined, isCut] = listed(this.joined);
    const [left, isCutToo] = listed(this.left);
    return this.frame({ joined, left, more: isCut || isCutToo || undefined });
  }

  private frame(what: object): Frame {
    const { channel, roster } = this;
    const data = JSON.stringify({ channel, count: roster.members.size, ...what });
    return frameOf({ type: 'sse:presence', data }, { isControl: true });
  }
}

/** As many as go into one event, and whether there are more. */
function listed(userIds: ReadonlySet<string>): [string[], boolean] {
  const list: string[] = [];
  for (const userId of userIds) {
    if (list.length === MAX_LISTED) return [list, true];
    list.push(userId);
  }
  return [list, false];
}
