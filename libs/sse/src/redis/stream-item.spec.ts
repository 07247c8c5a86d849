import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readChannelItem, readMark } from './stream-item.js';

describe('readChannelItem()', () => {
  it('reads a recorded message, whatever its data contain', () => {
    const message = { channel: 'room', data: '1m 2 x 3 4 {}\n"', type: 'note', except: { users: ['a'] } };
    expect(readChannelItem('room', `1m 3 ab12 105 99 ${JSON.stringify(message)}`)).toEqual({
      kind: 'recorded',
      channel: 'room',
      generation: 3,
      epoch: 'ab12',
      sequence: 105,
      previous: 99,
      message,
    });
  });

  it('takes the channel from the topic and not from the message', () => {
    const item = readChannelItem('room', '1m 1 e 1 0 {"channel":"other"}');
    expect(item).toMatchObject({ channel: 'room', message: { channel: 'room' } });
  });

  it('reads an ephemeral message, and who came or left', () => {
    expect(readChannelItem('room', '1e {"data":"x","ephemeral":true}')).toMatchObject({
      kind: 'ephemeral',
      message: { data: 'x' },
    });
    expect(readChannelItem('room', '1p leave ann of green gables')).toEqual({
      kind: 'presence',
      channel: 'room',
      event: { type: 'leave', channel: 'room', userId: 'ann of green gables' },
    });
  });

  it.each([
    '',
    '1m',
    '2m 1 e 1 0 {}',
    '1m 1 e 1 {}',
    '1m 1 e 1 0 {',
    '1m 1 e 1 0 null',
    '1m 1 e 1 0 []',
    '1m 1 e 1 0 {"data":1}',
    '1m -1 e 1 0 {}',
    '1m 1 é 1 0 {}',
    '1m 1 e 12345678901234567 0 {}',
    '1e 5',
    '1p come ann',
  ])('takes nothing that is none of ours: %j', (text) => {
    expect(readChannelItem('room', text)).toBeUndefined();
  });

  it('throws on nothing', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom('', '1m ', '1m 1 e 1 0 ', '1e ', '1p ', '1s 1 e 1 t 1 '),
        (text, start) => {
          readChannelItem('room', start + text);
          readMark(start + text);
        },
      ),
    );
  });
});

describe('readMark()', () => {
  it('reads the channels that moved, and those that join', () => {
    const mark = readMark('1s 2 e 50 t1 40 [["a b","30","c","40"],["d","0"]]');
    expect(mark).toMatchObject({ kind: 'mark', generation: 2, epoch: 'e', sequence: 50, token: 't1', through: 40 });
    expect([...mark!.moved]).toEqual([
      ['a b', 30],
      ['c', 40],
    ]);
    expect([...mark!.joining]).toEqual([['d', 0]]);
  });

  it.each(['', '1s', '1s 2 e 50 t1 40 ', '1s 2 e 50 t1 40 {}', '1s 2 e 50 t1 40 [[]]', '1s 2 e 50 t1 40 [1,[]]'])(
    'takes nothing else: %j',
    (text) => {
      expect(readMark(text)).toBeUndefined();
    },
  );
});
