import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type PassedMessage } from '../backplane/channel-message.js';
import { resolveOptions } from '../options/check-options.js';
import { type SseHistoryOptions } from '../options/sse-module-options.js';
import { ChannelLogs } from './channel-logs.js';

function message(channel: string, sequence: number, more: Partial<PassedMessage> = {}): PassedMessage {
  return { channel, data: 'x', id: `e-${sequence}`, sequence, previous: sequence - 1, age: 0, ...more };
}

function logsWith(history: SseHistoryOptions | false = {}): ChannelLogs {
  return new ChannelLogs(resolveOptions({ history }));
}
const at = (sequence: number, epoch = 'e') => ({ epoch, sequence });
const numbersOf = (logs: ChannelLogs, channel: string) => logs.get(channel)?.events.map(({ sequence }) => sequence);

describe('ChannelLogs', () => {
  beforeEach(() => {
    jest.spyOn(performance, 'now').mockReturnValue(1_000);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('keep what comes of the channels that the node listens to', () => {
    const logs = logsWith();
    logs.open('a', { position: at(5), last: 3 });
    logs.record(message('a', 6, { previous: 3 }));
    logs.record(message('a', 9, { previous: 6 }));
    expect([numbersOf(logs, 'a'), logs.get('a')!.completeAfter]).toEqual([[6, 9], 3]);
    expect([logs.epoch, logs.sequence]).toEqual(['e', 9]);
    logs.close('a');
    expect(logs.get('a')).toBeUndefined();
  });

  it('take an event before the subscription is confirmed', () => {
    const logs = logsWith();
    logs.record(message('a', 6, { previous: 3 }));
    logs.open('a', { position: at(5), last: 3 });
    expect([numbersOf(logs, 'a'), logs.get('a')!.completeAfter]).toEqual([[6], 3]);
    expect([logs.epoch, logs.sequence]).toEqual(['e', 6]);
  });

  it('keep nothing of what is ephemeral, which moves nothing either', () => {
    const logs = logsWith();
    logs.open('a', { position: at(5), last: 3 });
    const { frame } = logs.record(message('a', 0, { id: undefined, ephemeral: true }));
    expect([frame.sequence, numbersOf(logs, 'a'), logs.sequence]).toEqual([0, [], 5]);
  });

  it('keep so many events of each channel, and say what is gone', () => {
    const logs = logsWith({ maxEvents: 1_000 });
    logs.open('a', { position: at(0), last: 0 });
    for (let sequence = 1; sequence <= 1_005; sequence++) logs.record(message('a', sequence));
    expect([numbersOf(logs, 'a')!.length, logs.get('a')!.completeAfter]).toEqual([1_000, 5]);
  });

  it('keep nothing where there is no history, and number all the same', () => {
    const logs = logsWith(false);
    logs.open('a', { position: at(0), last: 0 });
    logs.record(message('a', 1));
    expect([numbersOf(logs, 'a'), logs.get('a')!.completeAfter, logs.sequence]).toEqual([[], 1, 1]);
  });

  it('let go of what is too old, by a clock that does not jump', () => {
    const logs = logsWith({ maxAge: 100 });
    logs.open('a', { position: at(0), last: 0 });
    logs.record(message('a', 1, { age: 60 }));
    logs.record(message('a', 2));
    logs.trim(logs.get('a')!, 1_039);
    expect(numbersOf(logs, 'a')).toEqual([1, 2]);
    logs.trim(logs.get('a')!, 1_040);
    expect([numbersOf(logs, 'a'), logs.get('a')!.completeAfter]).toEqual([[2], 1]);
  });

  it('keep to their bytes: channels in which nothing happens give way, and may be read again', () => {
    const logs = logsWith({ maxTotalBytes: 3_000 });
    for (const channel of ['quiet', 'busy']) logs.open(channel, { position: at(0), last: 0 });
    logs.record(message('quiet', 1));
    logs.record(message('busy', 2, { previous: 0 }));
    for (const channel of ['quiet', 'busy']) logs.get(channel)!.isWhole = true;
    for (let sequence = 3; sequence <= 8; sequence++) logs.record(message('busy', sequence));
    expect([numbersOf(logs, 'quiet'), logs.get('quiet')!.completeAfter, logs.get('quiet')!.isWhole]).toEqual([
      [],
      1,
      false,
    ]);
    expect(logs.get('busy')!.bytes).toBeLessThanOrEqual(3_000);
    expect(numbersOf(logs, 'busy')!.at(-1)).toBe(8);
  });

  it('let go of all of it with the channel: closed and opened again it has room', () => {
    const logs = logsWith({ maxTotalBytes: 6_000 });
    for (let round = 0; round < 10; round++) {
      logs.open('a', { position: at(round * 5), last: round * 5 });
      for (let n = 1; n <= 5; n++) logs.record(message('a', round * 5 + n));
      expect(numbersOf(logs, 'a')).toHaveLength(5);
      logs.close('a');
    }
  });

  it('begin anew in another log, whatever its numbers are', () => {
    const logs = logsWith();
    logs.open('a', { position: at(50), last: 50 });
    logs.record(message('a', 51));
    logs.get('a')!.isWhole = true;
    logs.restart(at(7, 'other'));
    expect([logs.epoch, logs.sequence]).toEqual(['other', 7]);
    expect([numbersOf(logs, 'a'), logs.get('a')!.completeAfter, logs.get('a')!.isWhole]).toEqual([[], 7, false]);
    // What another channel's subscription says of the log before comes too late.
    logs.open('b', { position: at(60), last: 60 });
    expect([logs.epoch, logs.sequence]).toEqual(['other', 7]);
  });

  it('take from the engine what it has of a channel that they have, and of no other', () => {
    const logs = logsWith();
    logs.open('a', { position: at(3), last: 3 });
    const messages = [2, 3].map((sequence) => message('a', sequence));
    logs.extend('a', { epoch: 'e', messages, completeAfter: 1 });
    logs.extend('b', { epoch: 'e', messages, completeAfter: 1 });
    expect([numbersOf(logs, 'a'), logs.get('b')]).toEqual([[2, 3], undefined]);
  });
});
