import { describe, expect, it } from '@jest/globals';
import { judge } from './oracle/judge.js';
import { type Publication } from './oracle/publication.js';
import { type Sight, type Trace } from './oracle/trace.js';
import { type ViolationKind } from './oracle/violation.js';

const connect = (lastEventId = ''): Sight => ({ what: 'connect', to: 'node', lastEventId });
const checkpoint = (id: string): Sight => ({ what: 'checkpoint', id });
const event = (token: number, id?: string): Sight => ({ what: 'event', token, id });
const reset = (id: string, ...channels: string[]): Sight => ({ what: 'reset', reason: 'history', channels, id });
const dropped = (count: number): Sight => ({ what: 'dropped', count, reason: 'expired' });

/** What a client on `a` and `b` saw; one that was gone before the end. */
function client(...sights: Sight[]): Trace {
  return { client: 'client', user: 'ann', channels: ['a', 'b', '$user.ann'], entries: timed(sights), survived: false };
}

function survivor(...sights: Sight[]): Trace {
  return { ...client(...sights), survived: true };
}

function timed(sights: Sight[]) {
  return sights.map((sight, at) => ({ ...sight, at }));
}

/** Published at its token's time and answered at once, in channel `a`. */
function accepted(token: number, id: string, more: Partial<Publication> = {}): Publication {
  return { token, channel: 'a', sentAt: token, answeredAt: token + 0.5, id, ...more };
}

function unknown(token: number, more: Partial<Publication> = {}): Publication {
  return { token, channel: 'a', sentAt: token, ...more };
}

function kinds(publications: Publication[], traces: Trace[], lostDataAt?: number): ViolationKind[] {
  return judge({ publications, traces, lostDataAt }).map(({ kind }) => kind);
}

describe('the oracle is content with a client', () => {
  it('that has everything once and in order, over several connections', () => {
    const log = [accepted(1, 'x-1'), accepted(2, 'x-2', { channel: 'b' }), accepted(3, 'x-3')];
    const trace = client(
      connect(),
      checkpoint('x-0'),
      event(1, 'x-1'),
      connect('x-1'),
      event(2, 'x-2'),
      event(3, 'x-3'),
    );
    expect(kinds(log, [trace])).toEqual([]);
  });

  it('that was promised nothing before its first id', () => {
    expect(kinds([accepted(1, 'x-1')], [client(connect(), connect(), checkpoint('x-1'))])).toEqual([]);
  });

  it('that misses events of channels it is not on', () => {
    const log = [accepted(1, 'x-1', { channel: 'elsewhere' })];
    expect(kinds(log, [client(connect(), checkpoint('x-0'), checkpoint('x-1'))])).toEqual([]);
  });

  it('that misses events from which its user is excluded', () => {
    const log = [accepted(1, 'x-1', { except: ['ann'] })];
    expect(kinds(log, [client(connect(), checkpoint('x-0'), checkpoint('x-1'))])).toEqual([]);
  });

  it('that was told by a reset what it misses, and goes on behind it', () => {
    const log = [accepted(1, 'x-1'), accepted(2, 'x-2'), accepted(3, 'x-3')];
    const trace = client(connect(), checkpoint('x-0'), connect('x-0'), reset('x-2', 'a'), event(3, 'x-3'));
    expect(kinds(log, [trace])).toEqual([]);
  });

  it('that was told without an id, and goes on behind what has waited for its user', () => {
    const log = [
      accepted(1, 'x-1', { channel: '$user.ann', queued: true }),
      accepted(2, 'x-2'),
      accepted(3, 'x-3'),
      accepted(9, 'y-9'),
    ];
    const told: Sight = { what: 'reset', reason: 'epoch', channels: ['a', 'b', '$user.ann'] };
    const start = [connect(), checkpoint('x-0'), connect('x-0'), told];
    expect(kinds(log, [client(...start, event(1), checkpoint('y-7'), event(9, 'y-9'))])).toEqual([]);
    expect(kinds(log, [client(...start, connect('x-0'), told, checkpoint('y-7'), event(9, 'y-9'))])).toEqual([]);
  });

  it('that is given what has waited for its user, and then the place where its stream begins', () => {
    const log = [accepted(1, 'x-1', { channel: '$user.ann', queued: true }), accepted(2, 'x-2'), accepted(3, 'x-3')];
    expect(kinds(log, [client(connect(), event(1, 'x-1'), checkpoint('x-3'))])).toEqual([]);
  });

  it('that comes to another log by resets of all its channels, one after the other', () => {
    const log = [accepted(1, 'x-1'), accepted(2, 'y-1')];
    const resets = [reset('y-0', 'a'), reset('y-0', 'b', '$user.ann')];
    expect(kinds(log, [client(connect(), checkpoint('x-0'), connect('x-0'), ...resets, event(2, 'y-1'))])).toEqual([]);
  });

  it('that got an event again after a reset of its channel', () => {
    const log = [unknown(1)];
    const all = ['a', 'b', '$user.ann'];
    const trace = client(connect(), checkpoint('x-0'), event(1, 'x-1'), reset('y-0', ...all), event(1, 'y-1'));
    expect(kinds(log, [trace])).toEqual([]);
  });

  it('that got a queued message again over another connection, without an id', () => {
    const log = [accepted(1, 'x-1', { channel: '$user.ann', queued: true })];
    const trace = client(connect(), checkpoint('x-0'), event(1, 'x-1'), connect('x-1'), event(1));
    expect(kinds(log, [trace])).toEqual([]);
  });

  it('that got an ephemeral event again, over another node that is late', () => {
    const log = [unknown(1, { ephemeral: true })];
    expect(kinds(log, [client(connect(), event(1), connect(), event(1))])).toEqual([]);
  });

  it('whose replaceable events were left out and told', () => {
    const log = [
      accepted(1, 'x-1', { replaceable: true }),
      accepted(2, 'x-2', { key: 'k' }),
      accepted(3, 'x-3', { key: 'k' }),
    ];
    expect(kinds(log, [client(connect(), checkpoint('x-0'), dropped(2), event(3, 'x-3'))])).toEqual([]);
  });

  it('that never got an ephemeral event', () => {
    const log = [{ ...unknown(1, { ephemeral: true }), answeredAt: 2 }];
    expect(kinds(log, [client(connect(), checkpoint('x-5'))])).toEqual([]);
  });

  it('that never got an event whose publisher heard nothing either', () => {
    expect(kinds([unknown(1)], [client(connect(), checkpoint('x-0'), checkpoint('x-9'))])).toEqual([]);
  });

  it('that came to the last event, or was reset behind it', () => {
    const log = [accepted(1, 'x-1', { marker: true })];
    const got = survivor(connect(), checkpoint('x-0'), event(1, 'x-1'));
    const told = survivor(connect(), checkpoint('x-0'), reset('x-1', 'a'));
    expect(kinds(log, [got, told])).toEqual([]);
  });
});

describe('the oracle finds', () => {
  it('a gap: the cursor moved past an event, by a checkpoint', () => {
    expect(kinds([accepted(1, 'x-1')], [client(connect(), checkpoint('x-0'), checkpoint('x-1'))])).toEqual(['gap']);
  });

  it('a gap: the cursor moved past an event, by one of another channel', () => {
    const log = [accepted(1, 'x-1'), accepted(2, 'x-2', { channel: 'b' })];
    expect(kinds(log, [client(connect(), checkpoint('x-0'), event(2, 'x-2'))])).toEqual(['gap']);
  });

  it('a gap: another channel was reset', () => {
    const log = [accepted(1, 'x-1')];
    expect(kinds(log, [client(connect(), checkpoint('x-0'), reset('x-1', 'b'))])).toEqual(['gap']);
  });

  it('a gap before a reset: what the cursor had passed, no reset covers', () => {
    const log = [accepted(1, 'x-1')];
    expect(kinds(log, [client(connect(), checkpoint('x-0'), checkpoint('x-1'), reset('x-2', 'a'))])).toEqual(['gap']);
  });

  it('a gap of an event that nobody vouches for but another client', () => {
    const other: Trace = { ...client(connect(), event(1, 'x-1')), client: 'other' };
    expect(kinds([unknown(1)], [other, client(connect(), checkpoint('x-0'), checkpoint('x-1'))])).toEqual(['gap']);
  });

  it('a gap after a reset without an id, once the channel has gone on', () => {
    const log = [accepted(1, 'x-1'), accepted(1.5, 'x-2'), accepted(1.8, 'x-3'), accepted(8, 'x-8')];
    const told: Sight = { what: 'reset', reason: 'history', channels: ['a'] };
    const start = [connect(), checkpoint('x-0'), told];
    expect(kinds(log, [client(...start, event(1.5, 'x-2'), checkpoint('x-3'))])).toEqual(['gap']);
    expect(kinds(log, [client(...start, checkpoint('x-8'))])).toEqual(['gap']);
  });

  it('a gap behind an id that the client came back with, whatever gave it that', () => {
    const log = [accepted(1, 'x-1', { channel: '$user.ann', queued: true }), accepted(2, 'x-2'), accepted(3, 'x-3')];
    const trace = client(connect(), event(1, 'x-1'), connect('x-1'), checkpoint('x-3'));
    expect(kinds(log, [trace])).toEqual(['gap', 'gap']);
  });

  it('another log after a reset that did not name it, and that was not repeated', () => {
    const told: Sight = { what: 'reset', reason: 'epoch', channels: ['a', 'b', '$user.ann'] };
    const trace = client(connect(), checkpoint('x-0'), connect('x-0'), told, connect('x-0'), checkpoint('y-7'));
    expect(kinds([], [trace])).toEqual(['gap', 'gap', 'gap']);
  });

  it('another log without a reset', () => {
    const found = kinds([], [client(connect(), checkpoint('x-7'), connect('x-7'), checkpoint('y-9'))]);
    expect(found).toEqual(['gap', 'gap', 'gap']);
  });

  it('another log with a reset that does not name all channels', () => {
    const trace = client(connect(), checkpoint('x-7'), reset('y-0', 'a', '$user.ann'), checkpoint('y-1'));
    expect(kinds([], [trace])).toEqual(['gap']);
  });

  it('a client that never got the last events: lost', () => {
    const log = [accepted(1, 'x-1'), accepted(2, 'x-2', { marker: true })];
    expect(kinds(log, [survivor(connect(), checkpoint('x-0'))])).toEqual(['stuck', 'lost', 'lost']);
  });

  it('a client that got nothing at all: stuck', () => {
    expect(kinds([accepted(1, 'x-1', { marker: true })], [survivor(connect())])).toEqual(['stuck']);
  });

  it('an event that came twice', () => {
    const trace = client(connect(), checkpoint('x-0'), event(1, 'x-1'), connect(''), event(1, 'x-1'));
    expect(kinds([accepted(1, 'x-1')], [trace])).toEqual(['duplicate', 'order']);
  });

  it('a queued message that came twice over one connection', () => {
    const log = [accepted(1, 'x-1', { channel: '$user.ann', queued: true })];
    expect(kinds(log, [client(connect(), checkpoint('x-0'), event(1, 'x-1'), event(1))])).toEqual(['duplicate']);
  });

  it('an ephemeral event that came twice', () => {
    const log = [unknown(1, { ephemeral: true })];
    expect(kinds(log, [client(connect(), event(1), event(1))])).toEqual(['duplicate']);
  });

  it('ids that go back', () => {
    const log = [accepted(1, 'x-1'), accepted(2, 'x-2')];
    const trace = client(connect(), checkpoint('x-0'), event(2, 'x-2'), event(1, 'x-1'));
    expect(kinds(log, [trace])).toEqual(['order']);
  });

  it('a checkpoint, and a reset, below the cursor', () => {
    expect(kinds([], [client(connect(), checkpoint('x-5'), checkpoint('x-4'))])).toEqual(['order']);
    expect(kinds([], [client(connect(), checkpoint('x-5'), reset('x-4', 'a'))])).toEqual(['order']);
  });

  it('one publish that became two events', () => {
    const trace = client(connect(), checkpoint('x-0'), event(1, 'x-1'), reset('x-1', 'a'), event(1, 'x-2'));
    expect(kinds([unknown(1)], [trace])).toEqual(['twice']);
  });

  it('one id that stands for two events', () => {
    const others: Trace = { ...client(connect(), event(2, 'x-1')), client: 'other' };
    expect(kinds([accepted(1, 'x-1'), unknown(2)], [others])).toEqual(['id-reused', 'gap']);
  });

  it('a lower number for what was published later', () => {
    expect(kinds([accepted(1, 'x-9'), accepted(2, 'x-8')], [])).toEqual(['order']);
  });

  it('what is not for this client', () => {
    const log = [accepted(1, 'x-1', { channel: 'elsewhere' }), accepted(2, 'x-2', { except: ['ann'] })];
    const trace = client(connect(), checkpoint('x-0'), event(1, 'x-1'), event(2, 'x-2'), reset('x-2', 'elsewhere'));
    expect(kinds(log, [trace])).toEqual(['stranger', 'excluded', 'stranger']);
  });

  it('what was left out by policy and not told', () => {
    const log = [accepted(1, 'x-1', { replaceable: true })];
    expect(kinds(log, [client(connect(), checkpoint('x-0'), checkpoint('x-1'))])).toEqual(['untold']);
  });

  it('what was left out and told too late', () => {
    const log = [accepted(1, 'x-1', { replaceable: true })];
    expect(kinds(log, [client(connect(), checkpoint('x-0'), checkpoint('x-1'), dropped(1))])).toEqual(['untold']);
  });

  it('the newest of a key that was left out', () => {
    const log = [accepted(1, 'x-1', { key: 'k' }), accepted(2, 'x-2', { key: 'k' })];
    const trace = client(connect(), checkpoint('x-0'), event(1, 'x-1'), dropped(1), checkpoint('x-2'));
    expect(kinds(log, [trace])).toEqual(['gap']);
  });

  it('a queued message that nobody ever got', () => {
    const log = [accepted(1, 'x-1', { channel: '$user.ann', queued: true })];
    expect(kinds(log, [survivor(connect(), checkpoint('x-1'))])).toEqual(['not-taken']);
    expect(kinds(log, [survivor(connect(), checkpoint('x-1'))], 0.9)).toEqual(['not-taken']);
    // Sent before the data was lost, though answered after it.
    expect(kinds(log, [survivor(connect(), checkpoint('x-1'))], 1.2)).toEqual([]);
  });

  it('a queued message, but none that was sent before bytes to a client of its user were swallowed', () => {
    const log = [accepted(1, 'x-1', { channel: '$user.ann', queued: true })];
    const trace = survivor(connect(), checkpoint('x-1'));
    expect(kinds(log, [{ ...trace, swallowedUntil: 0.9 }])).toEqual(['not-taken']);
    expect(kinds(log, [{ ...trace, swallowedUntil: 1.2 }])).toEqual([]);
  });

  it('events that cannot be', () => {
    const log = [accepted(1, 'x-1'), unknown(2, { ephemeral: true })];
    const trace = client(connect(), checkpoint('x-0'), event(9, 'x-1'), event(1), event(2, 'x-2'), checkpoint('what'));
    expect(kinds(log, [trace])).toEqual(['malformed', 'malformed', 'malformed', 'malformed']);
  });
});
