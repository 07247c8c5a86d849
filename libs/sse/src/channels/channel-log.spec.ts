import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type PassedMessage } from '../backplane/channel-message.js';
import { ChannelLog } from './channel-log.js';
import { loggedEvent } from './logged-event.js';

const NOW = 1_000;

function message(sequence: number, previous = sequence - 1): PassedMessage {
  return { channel: 'room', data: `${sequence}`, id: `e-${sequence}`, sequence, previous, age: 0 };
}

const numbersOf = ({ events }: ChannelLog) => events.map(({ sequence }) => sequence);

describe('ChannelLog', () => {
  it('is complete from where the node began to listen', () => {
    const log = new ChannelLog('room', 7);
    log.append(loggedEvent(message(9, 7), NOW));
    expect([log.completeAfter, numbersOf(log)]).toEqual([7, [9]]);
  });

  it('says what is gone, whatever it is that goes', () => {
    const log = new ChannelLog('room', 0);
    for (const sequence of [1, 2, 3]) log.append(loggedEvent(message(sequence), NOW));
    const { bytes } = log;
    expect(log.dropOldest()?.sequence).toBe(1);
    expect([log.completeAfter, numbersOf(log)]).toEqual([1, [2, 3]]);
    expect(log.bytes).toBeLessThan(bytes);
    log.clear(9);
    expect([log.completeAfter, log.bytes, log.isWhole, numbersOf(log)]).toEqual([9, 0, false, []]);
    expect(log.dropOldest()).toBeUndefined();
    expect(log.completeAfter).toBe(9);
  });

  it('leaves to the live events what the engine has of what is yet to come', () => {
    const log = new ChannelLog('room', 3);
    log.extend({ epoch: 'e', messages: [2, 3, 4, 5].map((sequence) => message(sequence)), completeAfter: 1 }, NOW);
    expect([log.completeAfter, log.isWhole, numbersOf(log)]).toEqual([1, true, [2, 3]]);
    log.append(loggedEvent(message(4), NOW));
    expect(numbersOf(log)).toEqual([2, 3, 4]);
  });

  it('remembers that it was clear of what the engine has let go of since', () => {
    const log = new ChannelLog('room', 3);
    log.extend({ epoch: 'e', messages: [], completeAfter: 8 }, NOW);
    expect([log.completeAfter, numbersOf(log)]).toEqual([3, []]);
  });

  it('keeps the age of what it is given, by the clock of this process', () => {
    const log = new ChannelLog('room', 3);
    log.extend({ epoch: 'e', messages: [{ ...message(3), age: 400, ttl: 500 }], completeAfter: 2 }, NOW);
    expect(log.events[0]!.publishedAt).toBe(600);
    expect(log.events[0]!.frame.expires).toBe(1_100);
  });

  it('has each event once and in order, and misses none behind what it says, however its parts came', () => {
    const all = Array.from({ length: 20 }, (_, index) => index + 1);
    const setting = fc.record({
      /** The node listens from here on. */
      from: fc.integer({ min: 0, max: 20 }),
      /** So many have come when the history is read. */
      live: fc.integer({ min: 0, max: 20 }),
      dropped: fc.integer({ min: 0, max: 5 }),
      /** The engine has these. */
      kept: fc.integer({ min: 0, max: 20 }),
      readThrough: fc.integer({ min: 0, max: 20 }),
    });
    fc.assert(
      fc.property(setting, ({ from, live, dropped, kept, readThrough }) => {
        const log = new ChannelLog('room', from);
        const now = Math.max(from, live);
        for (const sequence of all.slice(from, now)) log.append(loggedEvent(message(sequence), NOW));
        for (let n = 0; n < dropped; n++) log.dropOldest();
        const before = log.completeAfter;
        // Read at the call or later: it may hold what has not come yet, and never less than what has.
        const through = Math.max(now, readThrough);
        const messages = all.slice(Math.max(0, through - kept), through).map((sequence) => message(sequence));
        const completeAfter = Math.max(0, through - kept);
        log.extend({ epoch: 'e', messages, completeAfter }, NOW);

        expect(numbersOf(log)).toEqual(all.slice(Math.min(before, completeAfter), now));
        expect(log.completeAfter).toBe(Math.min(before, completeAfter));
        expect(log.bytes).toBe(log.events.reduce((sum, { weight }) => sum + weight, 0));
      }),
    );
  });

  it('finds the place behind a number', () => {
    const log = new ChannelLog('room', 0);
    for (const sequence of [2, 4, 6]) log.append(loggedEvent(message(sequence, sequence - 2), NOW));
    expect([0, 1, 2, 3, 4, 5, 6, 7, Infinity].map((place) => log.indexAfter(place))).toEqual([
      0, 0, 1, 1, 2, 2, 3, 3, 3,
    ]);
  });
});
