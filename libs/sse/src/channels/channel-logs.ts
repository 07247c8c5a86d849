import { Inject, Injectable } from '@nestjs/common';
import { type PassedMessage } from '../backplane/channel-message.js';
import { type ChannelHistory, type Subscribed } from '../backplane/event-log.js';
import { monotonicNow } from '../connections/monotonic.js';
import { type ResolvedOptions } from '../options/resolved-options.js';
import { SSE_OPTIONS } from '../options/tokens.js';
import { type LogPosition, parseEventId } from '../protocol/event-id.js';
import { WindowBudget } from '../transport/compression/window-budget.js';
import { ChannelLog } from './channel-log.js';
import { type LoggedEvent, loggedEvent } from './logged-event.js';
import { windowRule } from './window-rule.js';

/**
 * What this node keeps of the channels that somebody here listens to, so that a crowd of returning clients costs no
 * encoding and no reads of the engine. It is valid for an unbroken subscription only: when the last listener of a channel
 * leaves, it goes. Bounded as the history is: by number and age of each channel, and by the bytes of all.
 */
@Injectable()
export class ChannelLogs {
  /** Of which log everything here is. */
  epoch = '';
  /** The number of the last event that was delivered to this node. */
  sequence = 0;
  /** Those in which nothing has happened for longest first. */
  private readonly logs = new Map<string, ChannelLog>();
  private bytes = 0;
  private readonly bounds: ResolvedOptions['history'];
  private readonly windows = new WindowBudget();
  private readonly hasWindow: (channel: string) => boolean;

  constructor(@Inject(SSE_OPTIONS) { history, compression }: ResolvedOptions) {
    this.bounds = history;
    this.hasWindow = windowRule(compression);
  }

  get(channel: string): ChannelLog | undefined {
    return this.logs.get(channel);
  }

  /** The node subscribes to the channel. */
  open(channel: string, { position, last }: Subscribed): void {
    this.reach(position);
    if (!this.logs.has(channel)) this.logs.set(channel, this.newLog(channel, last));
  }

  /** The node does not subscribe to the channel any more. */
  close(channel: string): void {
    const log = this.logs.get(channel);
    if (!log) return;
    this.logs.delete(channel);
    log.run?.forget();
    this.bytes -= log.bytes;
  }

  /** Encodes an event, and keeps it if it is recorded. */
  record(message: PassedMessage): LoggedEvent {
    const now = monotonicNow();
    const event = loggedEvent(message, now);
    if (event.sequence === 0) {
      this.logs.get(message.channel)?.run?.append(event.frame);
      return event;
    }
    const { channel, id = '' } = message;
    // It may come before its subscription is confirmed.
    if (this.epoch === '') this.epoch = parseEventId(id)?.epoch ?? '';
    this.sequence = event.sequence;
    const log = this.logs.get(channel) ?? this.newLog(channel, event.previous);
    // The last in the map is the one that has changed last.
    this.logs.delete(channel);
    this.logs.set(channel, log);
    // Whoever was owed what is missing was told so: nobody is to take this for the next one after what is here.
    if (event.previous > log.last) this.clear(channel, event.previous);
    log.append(event);
    log.run?.append(event.frame);
    this.bytes += event.weight;
    this.trim(log, now);
    this.makeRoom(now);
    return event;
  }

  /** What the engine has of a channel. */
  extend(channel: string, history: ChannelHistory): void {
    const log = this.logs.get(channel);
    if (!log) return;
    const before = log.bytes;
    log.extend(history, monotonicNow());
    this.bytes += log.bytes - before;
  }

  /** What is too old is not to be replayed. */
  trim(log: ChannelLog, now: number): void {
    const { maxEvents, maxAge } = this.bounds;
    for (;;) {
      const [oldest] = log.events;
      if (!oldest || (log.events.length <= maxEvents && oldest.publishedAt + maxAge > now)) return;
      this.bytes -= log.dropOldest()?.weight ?? 0;
    }
  }

  /** Something of the channel was lost up to this number. */
  clear(channel: string, sequence: number): void {
    const log = this.logs.get(channel);
    if (!log) return;
    this.bytes -= log.bytes;
    log.clear(sequence);
  }

  /** The log is another one: nothing of what is here belongs to it. */
  restart(position: LogPosition): void {
    this.epoch = position.epoch;
    this.sequence = position.sequence;
    for (const channel of this.logs.keys()) this.clear(channel, position.sequence);
  }

  private newLog(channel: string, last: number): ChannelLog {
    const run = this.hasWindow(channel) ? this.windows.newRun() : undefined;
    return new ChannelLog(channel, last, run);
  }

  private reach({ epoch, sequence }: LogPosition): void {
    if (epoch === this.epoch) this.sequence = Math.max(this.sequence, sequence);
    else if (this.epoch === '') this.restart({ epoch, sequence });
  }

  /** Channels in which nothing happens give way first. What they had may be read from the engine again. */
  private makeRoom(now: number): void {
    for (const log of this.logs.values()) {
      this.trim(log, now);
      while (this.bytes > this.bounds.maxTotalBytes && log.events.length > 0) {
        this.bytes -= log.dropOldest()?.weight ?? 0;
        log.isWhole = false;
      }
      if (this.bytes <= this.bounds.maxTotalBytes) return;
    }
  }
}
