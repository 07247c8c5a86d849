import { formatEventId, type LogPosition } from '../protocol/event-id.js';
import { type Aged, AgeList } from './age-list.js';
import { type ChannelMessage, type PassedMessage } from './channel-message.js';
import { type ChannelHistory } from './event-log.js';
import { LastNumbers } from './last-numbers.js';
import { messageBytes } from './message-bytes.js';
import { passedMessage } from './passed-message.js';

/** Channels of which only the last number is known. */
const MAX_LAST_NUMBERS = 100_000;

/** The messages of one channel, the oldest first. */
class ChannelLog {
  /** Somebody listens to it: its numbers have to be exact, else every listener would take the next message for a hole. */
  isHeld = false;
  oldest: Entry | undefined;
  newest: Entry | undefined;
  count = 0;
  /** The number of the last message that is not there any more. */
  completeAfter: number;

  constructor(
    readonly channel: string,
    /** The number of the last message, whether it is there or not. */
    public last: number,
  ) {
    this.completeAfter = last;
  }

  add(entry: Entry): void {
    if (this.newest) this.newest.next = entry;
    else this.oldest = entry;
    this.newest = entry;
    this.count++;
  }

  removeOldest(): Entry | undefined {
    const { oldest } = this;
    if (!oldest) return undefined;
    this.oldest = oldest.next;
    if (!this.oldest) this.newest = undefined;
    oldest.next = undefined;
    this.count--;
    this.completeAfter = oldest.message.sequence;
    return oldest;
  }
}

/** A recorded message, in the list of its channel and in that of all by age. */
class Entry implements Aged<Entry> {
  next: Entry | undefined;
  older: Entry | undefined;
  newer: Entry | undefined;

  constructor(
    readonly message: PassedMessage,
    readonly log: ChannelLog,
    readonly recordedAt: number,
    readonly bytes: number,
  ) {}
}

/**
 * What is kept of each channel, so that a client that comes back misses nothing. Bounded by number and age, and by bytes
 * over all channels, of which the oldest message goes first. Whatever went can be told: each message names the one before
 * it in its channel, and the last number of a channel outlives its messages.
 */
export class EventHistory {
  private readonly logs = new Map<string, ChannelLog>();
  private readonly lasts: LastNumbers;
  private readonly entries = new AgeList<Entry>();

  constructor(
    private readonly bounds: { readonly maxEvents: number; readonly maxAge: number; readonly maxTotalBytes: number },
    private readonly epoch: string,
    maxLastNumbers = MAX_LAST_NUMBERS,
  ) {
    this.lasts = new LastNumbers(maxLastNumbers);
  }

  /** Gives the message its place, and keeps it as long as the bounds allow. */
  record(message: ChannelMessage, position: LogPosition, now: number): PassedMessage {
    const log = this.open(message.channel);
    const { sequence } = position;
    const recorded = passedMessage(message, { id: formatEventId(position), sequence, previous: log.last, age: 0 });
    const entry = new Entry(recorded, log, now, messageBytes(message));
    log.last = sequence;
    log.add(entry);
    this.entries.add(entry);
    if (log.count > this.bounds.maxEvents) this.forgetOldest(log);
    while (this.entries.oldest && this.entries.bytes > this.bounds.maxTotalBytes) {
      this.forgetOldest(this.entries.oldest.log);
    }
    return recorded;
  }

  of(channel: string, now: number): ChannelHistory {
    this.expire(now);
    const messages: PassedMessage[] = [];
    const log = this.logs.get(channel);
    for (let entry = log?.oldest; entry; entry = entry.next) {
      const { message, recordedAt } = entry;
      const { id, sequence, previous } = message;
      messages.push(passedMessage(message, { id, sequence, previous, age: now - recordedAt }));
    }
    return { epoch: this.epoch, messages, completeAfter: log ? log.completeAfter : this.lasts.of(channel) };
  }

  /** Somebody listens to the channel from now on. Returns its last number; it may be too high, and is never too low. */
  hold(channel: string): number {
    const log = this.open(channel);
    log.isHeld = true;
    return log.last;
  }

  /** Nobody listens to it any more. */
  release(channel: string): void {
    const log = this.logs.get(channel);
    if (!log) return;
    log.isHeld = false;
    this.closeIfIdle(log);
  }

  /** Lets go of what is too old. Returns whether anything is left. */
  expire(now: number): boolean {
    const latest = now - this.bounds.maxAge;
    while (this.entries.oldest && this.entries.oldest.recordedAt <= latest) this.forgetOldest(this.entries.oldest.log);
    return this.entries.oldest !== undefined;
  }

  private open(channel: string): ChannelLog {
    let log = this.logs.get(channel);
    if (log) return log;
    log = new ChannelLog(channel, this.lasts.of(channel));
    this.lasts.release(channel);
    this.logs.set(channel, log);
    return log;
  }

  /** Whichever bound asks for it, what goes is the oldest of its channel: between the first and the last nothing is missing. */
  private forgetOldest(log: ChannelLog): void {
    const entry = log.removeOldest();
    if (entry) this.entries.remove(entry);
    this.closeIfIdle(log);
  }

  private closeIfIdle(log: ChannelLog): void {
    if (log.isHeld || log.count > 0) return;
    this.logs.delete(log.channel);
    this.lasts.keep(log.channel, log.last);
  }
}
