import { type PresenceEntry, type PresenceEvent } from '../backplane/presence-port.js';
import { jitter } from '../connections/jitter.js';
import { type TimerWheel, WheelEntry } from '../connections/timer-wheel.js';

/** Somebody who wants to know who comes to a channel, and who goes. */
export interface PresenceFollower {
  /** Somebody has come or gone. */
  changed(event: PresenceEvent): void;
  /** From now on the roster is complete. */
  known?(): void;
}

/** Where a roster has it from. */
export interface RosterSource {
  /** Resolves when this node is told who comes and goes, until what it resolves with is called. */
  observe(): Promise<() => void>;
  members(): Promise<PresenceEntry[]>;
}

/** Comings and goings are not recorded: what was missed of them while the engine was away is found by then. */
const REVIEW = 30_000;
/** When the members are asked for again that could not be read. */
const RETRY = 2_000;
/** Whoever is not among the members that were read is looked for again: an engine that lost them is told of them anew. */
const SECOND_LOOK = 10_000;

/**
 * Who is in one channel, over all nodes, for as long as somebody on this node follows it: the members are read once for
 * all who ask, and kept up by what is told of them. Followers hear each coming and going once, in turns.
 */
export class PresenceRoster extends WheelEntry {
  readonly followers = new Set<PresenceFollower>();
  private readonly present = new Set<string>();
  /** Users who were told of while the members are being read: that is newer. */
  private newer: Set<string> | undefined;
  /** Users who were not found at the last look, and had not been told of. */
  private missing: ReadonlySet<string> = new Set();
  private complete = false;
  private closed = false;
  private stopObserving: (() => void) | undefined;

  constructor(
    private readonly channel: string,
    private readonly source: RosterSource,
    private readonly wheel: TimerWheel,
  ) {
    super();
    void this.review();
  }

  /** Whether `members` are all. */
  get isKnown(): boolean {
    return this.complete;
  }

  /** Their user ids. */
  get members(): ReadonlySet<string> {
    return this.present;
  }

  /** Somebody came or went, unless that is known already. */
  apply({ type, userId }: PresenceEvent): void {
    const isNews = this.present.has(userId) !== (type === 'join');
    // Before the members are known, who leaves was there.
    if (!isNews && (this.complete || type === 'join' || this.newer?.has(userId))) return;
    this.newer?.add(userId);
    this.tell(type, userId);
  }

  close(): void {
    this.closed = true;
    this.wheel.cancel(this);
    this.stopObserving?.();
  }

  override run(): void {
    void this.review();
  }

  private async review(): Promise<void> {
    let pause = jitter(RETRY, 0.5, 0.5);
    try {
      await this.observe();
      const newer = (this.newer = new Set());
      const members = this.closed ? [] : await this.source.members();
      if (!this.closed) this.compare(members, newer);
      pause = this.missing.size > 0 ? SECOND_LOOK : jitter(REVIEW, 0.5, 0);
    } catch {
      // The engine is away, of which its backplane tells.
    }
    this.newer = undefined;
    if (!this.closed) this.wheel.add(this, pause);
  }

  /** Whoever comes after it is told of, and whoever came before is read. */
  private async observe(): Promise<void> {
    this.stopObserving ??= await this.source.observe();
    if (this.closed) this.stopObserving();
  }

  private compare(members: readonly PresenceEntry[], newer: ReadonlySet<string>): void {
    const there = new Set([...members].sort(byAge).map(({ userId }) => userId));
    for (const userId of there) {
      if (this.present.has(userId) || newer.has(userId)) continue;
      // Who is there at the beginning has not come.
      if (this.complete) this.tell('join', userId);
      else this.present.add(userId);
    }
    const gone = [...this.present].filter((userId) => !there.has(userId) && !newer.has(userId));
    const [sure, missing] = [gone.filter((userId) => this.missing.has(userId)), new Set(gone)];
    for (const userId of sure) {
      missing.delete(userId);
      this.tell('leave', userId);
    }
    this.missing = missing;
    if (this.complete) return;
    this.complete = true;
    for (const follower of this.followers) follower.known?.();
  }

  private tell(type: PresenceEvent['type'], userId: string): void {
    if (type === 'join') this.present.add(userId);
    else this.present.delete(userId);
    const event = { type, channel: this.channel, userId };
    for (const follower of this.followers) follower.changed(event);
  }
}

function byAge(one: PresenceEntry, other: PresenceEntry): number {
  return one.since - other.since;
}
