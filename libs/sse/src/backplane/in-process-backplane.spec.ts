import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { type ChannelMessage } from './backplane.js';
import { InProcessBackplane } from './in-process-backplane.js';

describe('InProcessBackplane', () => {
  let backplane: InProcessBackplane;
  /** What the node was given, and what it does at an event of these data. */
  let delivered: ChannelMessage[];
  let at: Record<string, () => void>;
  beforeEach(async () => {
    delivered = [];
    at = {};
    backplane = new InProcessBackplane();
    await backplane.start({
      id: 'node',
      deliver: (message) => {
        delivered.push(message);
        at[message.data ?? '']?.();
      },
      execute: () => Promise.resolve(),
    });
    await backplane.subscribe('room');
  });

  const publish = (data: string) => backplane.publish({ channel: 'room', data });
  const texts = () => delivered.map(({ data }) => data);

  it('delivers before it returns, with ids that grow', () => {
    void publish('one');
    void publish('two');
    expect(texts()).toEqual(['one', 'two']);
    const [first, second] = delivered.map(({ id }) => Number(id!.split('-')[1]));
    expect(second).toBeGreaterThan(first!);
  });

  it('delivers what is published during a delivery after it, in its order', () => {
    const seen: string[] = [];
    at.one = () => {
      void publish('two');
      void publish('three');
      seen.push('one is done');
    };
    at.two = () => {
      void publish('four');
      seen.push('two is done');
    };
    at.four = () => seen.push('four is done');
    void publish('one');
    expect(texts()).toEqual(['one', 'two', 'three', 'four']);
    expect(seen).toEqual(['one is done', 'two is done', 'four is done']);
  });

  it('goes on after a delivery that throws, and takes it out on no publisher', async () => {
    const error = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => {});
    const nested: Promise<unknown>[] = [];
    at.outer = () => void nested.push(publish('bad'), publish('good'));
    at.bad = () => {
      throw new Error('The node failed');
    };
    await expect(publish('outer')).resolves.toMatchObject({ id: expect.any(String) });
    await expect(publish('later')).resolves.toMatchObject({ id: expect.any(String) });
    await Promise.all(nested);
    expect(texts()).toEqual(['outer', 'bad', 'good', 'later']);
    expect(error).toHaveBeenCalledTimes(1);
    error.mockRestore();
  });

  it('delivers nothing of a channel that was left meanwhile', () => {
    at.one = () => {
      void publish('two');
      void backplane.unsubscribe('room');
    };
    void publish('one');
    expect(texts()).toEqual(['one']);
  });
});
