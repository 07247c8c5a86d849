import { type ChannelHistory } from '../backplane/event-log.js';
import { type ChannelRun } from '../transport/compression/channel-run.js';
import { type LoggedEvent, loggedEvent } from './logged-event.js';

/**
 * The recent events of one channel that this node listens to, encoded, without a hole. It grows at its end as events come,
 * and once, if somebody asks for more than it has, at its beginning, by all that the engine has.
 */
export class ChannelLog {
  readonly events: LoggedEvent[] = [];
  /** Nothing of the channel is missing behind this number. */
  completeAfter: number;
  /** The engine has nothing that is not here. */
  isWhole = false;
  bytes = 0;

  constructor(
    readonly channel: string,
    last: number,
    /** Its output, where events may be compressed against those before them. */
    readonly run?: ChannelRun,
  ) {
    this.completeAfter = last;
  }

  /** The number of its last event, as far as it is known here. */
  get last(): number {
    return this.events.at(-1)?.sequence ?? this.completeAfter;
  }

  append(event: LoggedEvent): void {
    this.events.push(event);
    this.bytes += event.weight;
  }

  /** Puts before the first what the engine has kept from before this node listened. */
  extend({ messages, completeAfter }: ChannelHistory, now: number): void {
    const first = this.events[0]?.sequence ?? Infinity;
    const older = messages.filter(({ sequence }) => sequence < first).map((message) => loggedEvent(message, now));
    // What came while this was read may be in it too, and what it holds may not have come yet.
    const known = this.events.length > 0 ? older : older.filter(({ sequence }) => sequence <= this.completeAfter);
    this.events.unshift(...known);
    for (const { weight } of known) this.bytes += weight;
    this.completeAfter = Math.min(this.completeAfter, completeAfter);
    this.isWhole = true;
  }

  /** The oldest makes room, or was kept long enough. */
  dropOldest(): LoggedEvent | undefined {
    const event = this.events.shift();
    if (!event) return undefined;
    this.bytes -= event.weight;
    this.completeAfter = event.sequence;
    return event;
  }

  /** Something is missing up to this number. The engine may have it. */
  clear(completeAfter: number): void {
    this.events.length = 0;
    this.bytes = 0;
    this.completeAfter = completeAfter;
    this.isWhole = false;
  }

  /** The index of the first event behind a number. */
  indexAfter(sequence: number): number {
    let low = 0;
    let high = this.events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.events[middle] as LoggedEvent).sequence <= sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
