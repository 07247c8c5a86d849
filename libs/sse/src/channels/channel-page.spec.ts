import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ChannelLog } from './channel-log.js';
import { channelPage } from './channel-page.js';
import { loggedEvent } from './logged-event.js';

/** Logs whose events are these numbers. */
function logsOf(lists: readonly (readonly number[])[]): ChannelLog[] {
  return lists.map((numbers, index) => {
    const log = new ChannelLog(`room ${index}`, 0);
    for (const sequence of numbers) {
      const data = 'x'.repeat(10);
      log.append(loggedEvent({ channel: log.channel, data, sequence, previous: 0, age: 0, id: `e-${sequence}` }, 0));
    }
    return log;
  });
}
const placesOf = (logs: readonly ChannelLog[], after = 0) => logs.map((log) => ({ log, after }));
const ENOUGH = { maxEvents: 1_000, maxBytes: 1_000_000 };

describe('channelPage', () => {
  it('merges channels by the numbers of their events', () => {
    const logs = logsOf([[1, 4, 5], [], [2, 6], [3]]);
    expect(channelPage(placesOf(logs), ENOUGH).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(channelPage(placesOf(logs, 4), ENOUGH).map(({ sequence }) => sequence)).toEqual([5, 6]);
    expect(channelPage(placesOf(logs, 6), ENOUGH)).toEqual([]);
    expect(channelPage([], ENOUGH)).toEqual([]);
  });

  it('begins in each channel where the reader is owed it from', () => {
    const [a, b] = logsOf([
      [1, 3, 5],
      [2, 4, 6],
    ]);
    const places = [
      { log: a!, after: 1 },
      { log: b!, after: 4 },
    ];
    expect(channelPage(places, ENOUGH).map(({ sequence }) => sequence)).toEqual([3, 5, 6]);
  });

  it('takes an event at least, however large it is, and no more than fits', () => {
    const places = placesOf(logsOf([[1, 2, 3]]));
    expect(channelPage(places, { maxEvents: 2, maxBytes: 1_000 })).toHaveLength(2);
    expect(channelPage(places, { maxEvents: 9, maxBytes: 1 })).toHaveLength(1);
  });

  it('gives page by page what sorting all would give', () => {
    const numbers = fc.uniqueArray(fc.record({ sequence: fc.integer({ min: 1, max: 500 }), of: fc.nat(4) }), {
      selector: ({ sequence }) => sequence,
      maxLength: 100,
    });
    fc.assert(
      fc.property(numbers, fc.integer({ min: 1, max: 20 }), (events, maxEvents) => {
        const sorted = events.toSorted((one, other) => one.sequence - other.sequence);
        const lists = [0, 1, 2, 3, 4].map((log) =>
          sorted.filter((event) => event.of === log).map(({ sequence }) => sequence),
        );
        const logs = logsOf(lists);
        const got: number[] = [];
        for (;;) {
          const page = channelPage(placesOf(logs, got.at(-1) ?? 0), { maxEvents, maxBytes: 1_000_000 });
          if (page.length === 0) break;
          got.push(...page.map(({ sequence }) => sequence));
        }
        expect(got).toEqual(sorted.map(({ sequence }) => sequence));
      }),
    );
  });
});
