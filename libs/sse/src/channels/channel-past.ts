import { Injectable } from '@nestjs/common';
import { monotonicNow } from '../connections/monotonic.js';
import { type SseConnection } from '../connections/sse-connection.js';
import { type HistoryChoice } from './channel-subscription.js';
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
   * The number behind which the stream is to begin. Each of the chosen channels is owed from its own place on, all others
   * from the present on; what a channel has not kept is not owed.
   *
   * @throws SseBackplaneError if the engine is away
   */
  async placeOf(
    choice: HistoryChoice,
    connection: SseConnection,
    chosen: readonly string[],
    present: number,
  ): Promise<number> {
    const { joined, reading } = connection;
    const unread = chosen.filter((channel) => this.logs.get(channel)?.isWhole === false);
    await Promise.all(unread.map((channel) => this.reader.read(channel)));
    const now = monotonicNow();
    let first = present;
    for (const channel of joined) {
      const log = chosen.includes(channel) ? this.logs.get(channel) : undefined;
      if (log) this.logs.trim(log, now);
      const place = log ? Math.max(log.completeAfter, Math.min(placeIn(log.events, choice, now), present)) : present;
      reading?.joined(channel, place);
      first = Math.min(first, place);
    }
    return first;
  }
}

/** The number behind which the chosen events of one channel begin; `Infinity` if there are none. */
function placeIn(events: readonly LoggedEvent[], choice: HistoryChoice, now: number): number {
  const [first] = 'last' in choice ? lastOf(events, choice.last) : since(events, choice.since, now);
  return first ? first.sequence - 1 : Infinity;
}

function lastOf(inOrder: readonly LoggedEvent[], count: number): readonly LoggedEvent[] {
  return count === 0 ? [] : inOrder.slice(-count);
}

function since(events: readonly LoggedEvent[], time: string | Date, now: number): readonly LoggedEvent[] {
  const publishedAt = now - (Date.now() - Number(time));
  return events.filter((event) => event.publishedAt >= publishedAt);
}
