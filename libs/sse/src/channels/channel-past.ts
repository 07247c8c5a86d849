import { Injectable } from '@nestjs/common';
import { monotonicNow } from '../connections/monotonic.js';
import { type SseConnection } from '../connections/sse-connection.js';
import { type HistoryChoice } from './channel-subscription.js';
import { type ChannelLog } from './channel-log.js';
import { ChannelLogs } from './channel-logs.js';
import { HistoryReader } from './history-reader.js';
import { type LoggedEvent } from './logged-event.js';

/** Finds the place in the log from which a newcomer is given what he asked for of the past. */
@Injectable()
export class ChannelPast {
  constructor(
    private readonly logs: ChannelLogs,
    private readonly reader: HistoryReader,
  ) {}

  /**
   * The number behind which the stream is to begin. What the channels have not kept is not owed.
   *
   * @throws SseBackplaneError if the engine is away
   */
  async placeOf(choice: HistoryChoice, { joined, reading }: SseConnection): Promise<number> {
    const unread = [...joined].filter((channel) => this.logs.get(channel)?.isWhole === false);
    await Promise.all(unread.map((channel) => this.reader.read(channel)));
    const now = monotonicNow();
    const logs = [...joined].map((channel) => this.logs.get(channel)).filter((log) => log !== undefined);
    for (const log of logs) this.logs.trim(log, now);
    const place = this.before(choice, logs, now);
    for (const { channel, completeAfter } of logs) if (completeAfter > place) reading?.joined(channel, completeAfter);
    return place;
  }

  private before(choice: HistoryChoice, logs: readonly ChannelLog[], now: number): number {
    const events = logs.flatMap((log) => log.events);
    const chosen = 'last' in choice ? lastOf(events, choice.last) : since(events, choice.since, now);
    const first = Math.min(...chosen.map(({ sequence }) => sequence));
    return chosen.length > 0 ? first - 1 : this.logs.sequence;
  }
}

function lastOf(events: readonly LoggedEvent[], count: number): LoggedEvent[] {
  const inOrder = events.toSorted((one, other) => one.sequence - other.sequence);
  return count === 0 ? [] : inOrder.slice(-count);
}

function since(events: readonly LoggedEvent[], time: string | Date, now: number): LoggedEvent[] {
  const publishedAt = now - (Date.now() - Number(time));
  return events.filter((event) => event.publishedAt >= publishedAt);
}
