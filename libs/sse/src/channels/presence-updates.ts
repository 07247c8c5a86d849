import { Logger } from '@nestjs/common';
import { type PresencePort } from '../backplane/presence-port.js';
import { jitter } from '../connections/jitter.js';
import { type TimerWheel, WheelEntry } from '../connections/timer-wheel.js';
import { errorText } from '../protocol/error-text.js';
import { type LocalMember } from './local-member.js';

/** So many members are told of in one call: an engine is not to be held up for everybody else. */
const CHUNK = 500;
/** When the backplane is asked again that did not take it. */
const RETRY = 1_000;

/**
 * Tells the backplane of this node's members: those of one tick in one call, and of each what is true when his turn
 * comes. Who came and went meanwhile is not told of at all.
 */
export class PresenceUpdates extends WheelEntry {
  /** Members of whom the backplane knows something else. One who is being told of stays here until it is done. */
  private readonly waiting = new Set<LocalMember>();
  private readonly logger = new Logger('SsePresence');
  private sending: Promise<void> | undefined;
  private isScheduled = false;
  private isFailing = false;
  private stopped = false;

  constructor(
    private readonly backplane: Pick<PresencePort, 'updatePresence'>,
    private readonly wheel: TimerWheel,
    private readonly forget: (member: LocalMember) => void,
  ) {
    super();
  }

  /** To be called after every change of a member. He is forgotten once he is gone, and the backplane knows that. */
  note(member: LocalMember): void {
    if (this.stopped) return;
    if (member.told !== member.counted) {
      this.waiting.add(member);
      this.schedule();
      return;
    }
    this.waiting.delete(member);
    if (member.counted === 0) this.forget(member);
  }

  /** Resolves when everything that was noted until now has been told, or was not taken. */
  async settled(): Promise<void> {
    await this.sending;
    if (this.waiting.size > 0) await this.send();
  }

  stop(): void {
    this.stopped = true;
    this.waiting.clear();
    this.wheel.cancel(this);
  }

  override run(): void {
    void this.send();
  }

  private schedule(): void {
    // What waits for the next try, or is noted during a call, goes with or after it.
    if (this.isScheduled || this.sending || this.slot) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      void this.send();
    });
  }

  private send(): Promise<void> {
    this.wheel.cancel(this);
    this.sending ??= this.sendAll().then((isTold) => {
      this.sending = undefined;
      if (this.waiting.size === 0) return;
      if (isTold) this.schedule();
      else this.wheel.add(this, jitter(RETRY, 0.5, 0.5));
    });
    return this.sending;
  }

  private async sendAll(): Promise<boolean> {
    const members = [...this.waiting];
    for (let start = 0; start < members.length; start += CHUNK) {
      // The same come first at each try: of no more than these it is unknown what the backplane has taken.
      const chunk = members.slice(start, start + CHUNK).filter((member) => this.waiting.has(member));
      if (!(await this.sendChunk(chunk))) return false;
    }
    return true;
  }

  private async sendChunk(members: readonly LocalMember[]): Promise<boolean> {
    if (members.length === 0) return true;
    const updates = members.map(({ channel, userId, counted: connections, since }) => {
      return { channel, userId, connections, since };
    });
    for (const member of members) member.told = undefined;
    try {
      await this.backplane.updatePresence(updates);
    } catch (error) {
      this.fail(error);
      return false;
    }
    this.isFailing = false;
    members.forEach((member, index) => {
      member.told = updates[index]?.connections;
      this.note(member);
    });
    return true;
  }

  private fail(error: unknown): void {
    if (this.isFailing || this.stopped) return;
    this.isFailing = true;
    this.logger.warn(`Telling who is in which channel failed, and is tried again: ${errorText(error)}`);
  }
}
