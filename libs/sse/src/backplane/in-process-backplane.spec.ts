import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { withDefaults } from '../options/resolved-options.js';
import { backplaneContract } from '../testing/backplane-contract.js';
import { type BackplaneNode, type NodeCommand } from './backplane.js';
import { type PassedMessage } from './channel-message.js';
import { InProcessBackplane } from './in-process-backplane.js';
import { SseBackplaneError } from './sse-backplane-error.js';

let error: jest.SpiedFunction<Logger['error']>;
beforeEach(() => {
  error = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => {});
});
afterEach(() => error.mockRestore());

describe('InProcessBackplane keeps the contract of the port', () => {
  for (const { name, run } of backplaneContract(() => () => new InProcessBackplane(), { nodes: 1 })) it(name, run);
});

describe('InProcessBackplane', () => {
  let backplane: InProcessBackplane;
  /** What the node was told, and what it does upon it. */
  let journal: string[];
  let delivered: PassedMessage[];
  let at: Record<string, () => void>;
  const told = (entry: string) => {
    journal.push(entry);
    at[entry]?.();
  };
  const node: BackplaneNode = {
    id: 'node',
    deliver: (message) => {
      delivered.push(message);
      told(message.data ?? '');
    },
    lost: () => {},
    resumed: () => {},
    buried: () => {},
    presence: ({ type, userId }) => told(`${type} ${userId}`),
    execute: async ({ name }: NodeCommand) => told(name),
  };
  beforeEach(async () => {
    journal = [];
    delivered = [];
    at = {};
    backplane = new InProcessBackplane();
    await backplane.start(node, withDefaults({}));
    await backplane.subscribe('room');
  });
  afterEach(() => backplane.close());

  const publish = (data: string) => backplane.publish({ channel: 'room', data });
  const sequences = () => delivered.map(({ sequence }) => sequence);

  it('delivers before it returns, with numbers that grow', () => {
    void publish('one');
    void publish('two');
    expect(journal).toEqual(['one', 'two']);
    expect(sequences()).toEqual([1, 2]);
  });

  it('delivers what is published during a delivery after it, in its order', () => {
    at.one = () => {
      void publish('two');
      void publish('three');
      journal.push('one is done');
    };
    at.two = () => {
      void publish('four');
      journal.push('two is done');
    };
    void publish('one');
    expect(journal).toEqual(['one', 'one is done', 'two', 'two is done', 'three', 'four']);
    expect(sequences()).toEqual([1, 2, 3, 4]);
  });

  it('carries out commands, and tells of presence, in their turn among the messages', async () => {
    const since = Date.now();
    at.one = () => {
      void publish('two');
      void backplane.command({ name: 'three' });
      void backplane.updatePresence([{ channel: 'room', userId: 'ann', connections: 1, since }]);
      void publish('four');
      journal.push('one is done');
    };
    void publish('one');
    expect(journal).toEqual(['one', 'one is done', 'two', 'three', 'join ann', 'four']);
  });

  it('goes on after a delivery that throws, and takes it out on no publisher', async () => {
    const nested: Promise<unknown>[] = [];
    at.outer = () => void nested.push(publish('bad'), publish('good'));
    at.bad = at['join ann'] = () => {
      throw new Error('The node failed');
    };
    await expect(publish('outer')).resolves.toMatchObject({ id: expect.any(String) });
    await backplane.updatePresence([{ channel: 'room', userId: 'ann', connections: 1, since: 0 }]);
    await expect(publish('later')).resolves.toMatchObject({ id: expect.any(String) });
    await Promise.all(nested);
    expect(journal).toEqual(['outer', 'bad', 'good', 'join ann', 'later']);
    expect(error).toHaveBeenCalledTimes(2);
  });

  it('lets the caller of a command hear that the node failed', async () => {
    at.bad = () => {
      throw new Error('The node failed');
    };
    await expect(backplane.command({ name: 'bad' })).rejects.toThrow('The node failed');
  });

  it('delivers nothing of a channel that was left meanwhile', () => {
    at.one = () => {
      void publish('two');
      void backplane.unsubscribe('room');
    };
    void publish('one');
    expect(journal).toEqual(['one']);
  });

  it('delivers nothing to a node that closed it meanwhile', () => {
    at.one = () => {
      void publish('two');
      void backplane.close();
    };
    void publish('one');
    expect(journal).toEqual(['one']);
  });

  it('stands where the node stands, also while it is given a message', async () => {
    const positions: (number | undefined)[] = [];
    const look = () => positions.push(backplane.position?.sequence);
    at.one = () => {
      void publish('two');
      look();
    };
    at.two = look;
    void publish('one');
    look();
    expect(positions).toEqual([0, 1, 2]);
  });

  it('resolves a sync during a delivery when all is delivered', async () => {
    let synced: Promise<{ sequence: number }> | undefined;
    at.one = () => {
      void publish('two');
      synced = backplane.sync();
    };
    void publish('one');
    expect((await synced!).sequence).toBe(2);
  });

  it('leaves to history what was published before somebody subscribed, though it is delivered after', async () => {
    let subscribed: ReturnType<InProcessBackplane['subscribe']> | undefined;
    at.one = () => {
      void backplane.publish({ channel: 'new', data: 'before' });
      subscribed = backplane.subscribe('new');
      void backplane.publish({ channel: 'new', data: 'after' });
    };
    void publish('one');
    expect(journal).toEqual(['one', 'after']);
    const { position, last } = await subscribed!;
    expect([position.sequence, last]).toEqual([2, 2]);
  });

  it('delivers a message once to a channel that is subscribed again during its delivery', () => {
    at.one = () => {
      void publish('two');
      void backplane.unsubscribe('room');
      void backplane.subscribe('room');
      void publish('three');
    };
    void publish('one');
    expect(journal).toEqual(['one', 'three']);
  });

  it('names another log in each process', async () => {
    const other = new InProcessBackplane();
    await other.start(node, withDefaults({}));
    expect(other.position?.epoch).not.toBe(backplane.position?.epoch);
    await other.close();
  });

  it('says what is the matter before it was started, and after it was closed', async () => {
    const fresh = new InProcessBackplane();
    await expect(fresh.get('key')).rejects.toThrow(SseBackplaneError);
    await expect(fresh.get('key')).rejects.toThrow("can't get: the application has not started yet");
    expect(fresh.health.status).toBe('down');
    await backplane.close();
    await expect(publish('late')).rejects.toThrow("can't publish: the application has closed");
    expect(backplane.health).toEqual({ status: 'down', reason: 'the application has closed' });
    expect(backplane.position).toBeUndefined();
  });
});
