import { describe, expect, it } from '@jest/globals';
import { SseError } from '../protocol/sse-error.js';
import { defineChannel } from './channel.js';
import { channelNameProblem } from './channel-name.js';
import { channels } from './channel-subscription.js';

describe('defineChannel', () => {
  const room = defineChannel<{ message: string }>('room.:id.:topic');

  it('puts the parameters into the name', () => {
    expect(room({ id: 42, topic: 'talk' }).name).toBe('room.42.talk');
  });

  it('never gives two sets of parameters one name', () => {
    expect(room({ id: 'a.b', topic: 'c' }).name).not.toBe(room({ id: 'a', topic: 'b.c' }).name);
    expect(defineChannel(':name')({ name: '$all' }).name).toBe('%24all');
    expect(defineChannel('x.:name')({ name: 'a\nb%' }).name).toBe('x.a%0Ab%25');
  });

  it('is not taken for a channel itself', () => {
    expect(() => channels(room)).toThrow('A family of channels is no channel: call it');
  });

  it('is missed where there is none, as of a query that the client left out', () => {
    for (const nothing of [undefined, null] as unknown as string[]) {
      const missed = expect.objectContaining({
        code: 'SSE_CHANNEL_NAME',
        message: expect.stringContaining('give its name'),
      });
      expect(() => channels('a', nothing)).toThrow(missed);
    }
  });

  it('names the parameter that is missing', () => {
    expect(() => room({ id: 1 })).toThrow(
      new SseError('SSE_CHANNEL_NAME', 'The channel room.:id.:topic needs a value for :topic, which is empty.'),
    );
  });
});

describe('channel names', () => {
  it.each(['a', 'room.42', 'ünïcödé', 'x'.repeat(255)])('may be %j', (name) => {
    expect(channelNameProblem(name)).toBeUndefined();
  });

  it.each([
    ['', 'not empty'],
    [7, 'string'],
    ['$all', '"$"'],
    ['a\nb', 'control characters'],
    ['x'.repeat(256), '256 characters'],
  ])('may not be %j', (name, problem) => {
    expect(channelNameProblem(name)).toContain(problem);
  });

  it('are each taken once', () => {
    expect(channels('a', { name: 'b' }, 'a').names).toEqual(['a', 'b']);
  });
});
