import { type ChannelLog } from './channel-log.js';
import { type LoggedEvent } from './logged-event.js';

/** Where a reader stands in one channel. */
export interface ReadingPlace {
  readonly log: ChannelLog;
  /** What it is owed begins behind this number. */
  readonly after: number;
}

/** So much of a page as fits into these. */
export interface PageBounds {
  readonly maxEvents: number;
  readonly maxBytes: number;
}

/**
 * The next events of several channels in the order of their numbers. The number of an event counts those of all channels,
 * so whoever has it has everything before it.
 */
export function channelPage(places: readonly ReadingPlace[], { maxEvents, maxBytes }: PageBounds): LoggedEvent[] {
  const lists = places
    .map(({ log, after }) => ({ events: log.events, index: log.indexAfter(after) }))
    .filter(({ events, index }) => index < events.length);
  const page: LoggedEvent[] = [];
  let bytes = 0;
  while (lists.length > 0 && page.length < maxEvents && bytes < maxBytes) {
    let first = lists[0] as (typeof lists)[number];
    for (const list of lists) if (sequenceAt(list) < sequenceAt(first)) first = list;
    const event = first.events[first.index++] as LoggedEvent;
    if (first.index === first.events.length) lists.splice(lists.indexOf(first), 1);
    page.push(event);
    bytes += event.frame.bytes;
  }
  return page;
}

function sequenceAt({ events, index }: { events: readonly LoggedEvent[]; index: number }): number {
  return (events[index] as LoggedEvent).sequence;
}
