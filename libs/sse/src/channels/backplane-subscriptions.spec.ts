import { beforeEach, describe, expect, it } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { type Backplane } from '../backplane/backplane.js';
import { type Subscribed } from '../backplane/event-log.js';
import { resolveOptions } from '../options/check-options.js';
import { BackplaneSubscriptions } from './backplane-subscriptions.js';
import { ChannelLogs } from './channel-logs.js';

/** A call to the backplane that waits for its answer. */
interface Call {
  readonly verb: 'subscribe' | 'unsubscribe';
  readonly channel: string;
  succeed(): void;
  fail(): void;
}

/** The engine of a backplane: it takes its time, and what it has carried out is in `known`. */
class Engine {
  readonly known = new Set<string>();
  readonly calls: Call[] = [];
  /** Answers at once. */
  isPrompt = false;
  /** The number of the last event of each channel. */
  last = 7;

  readonly backplane = {
    subscribe: (channel: string) => this.called('subscribe', channel, () => this.known.add(channel)),
    unsubscribe: (channel: string) => this.called('unsubscribe', channel, () => this.known.delete(channel)),
  } as unknown as Backplane;

  private called(verb: Call['verb'], channel: string, act: () => unknown): Promise<Subscribed> {
    return new Promise((resolve, reject) => {
      const succeed = () => {
        act();
        resolve({ position: { epoch: 'e', sequence: this.last }, last: this.last });
      };
      const call: Call = { verb, channel, succeed, fail: () => reject(new Error('The engine is away')) };
      if (this.isPrompt) succeed();
      else this.calls.push(call);
    });
  }
}

describe('BackplaneSubscriptions', () => {
  let engine: Engine;
  let listeners: Set<string>;
  let logs: ChannelLogs;
  let subscriptions: BackplaneSubscriptions;
  const begin = () => {
    engine = new Engine();
    listeners = new Set();
    logs = new ChannelLogs(resolveOptions());
    subscriptions = new BackplaneSubscriptions(engine.backplane, logs, (channel) => listeners.has(channel));
  };
  beforeEach(begin);

  /** What came of a listener's coming or going, once that is known. */
  function come(channel: string): Promise<string> {
    listeners.add(channel);
    return outcome(subscriptions.settle(channel));
  }
  function go(channel: string): Promise<string> {
    listeners.delete(channel);
    return outcome(subscriptions.settle(channel));
  }
  const outcome = (settled: Promise<void> | undefined) =>
    Promise.resolve(settled).then(
      () => 'done',
      () => 'failed',
    );
  const verbs = () => engine.calls.map(({ verb }) => verb);

  it('asks once for all who come, and none of them is done before it is', async () => {
    const results = [come('a'), come('a'), come('a')];
    expect(verbs()).toEqual(['subscribe']);
    engine.calls[0]!.succeed();
    expect(await Promise.all(results)).toEqual(['done', 'done', 'done']);
    expect(subscriptions.settle('a')).toBeUndefined();
  });

  it('unsubscribes from what the last listener left while it was subscribed', async () => {
    void come('a');
    void go('a');
    engine.calls[0]!.succeed();
    await turn();
    expect(verbs()).toEqual(['subscribe', 'unsubscribe']);
    engine.calls[1]!.succeed();
    await turn();
    expect([...engine.known]).toEqual([]);
  });

  it('stays subscribed for somebody who comes while the last one goes', async () => {
    void come('a');
    engine.calls[0]!.succeed();
    await turn();
    void go('a');
    const back = come('a');
    engine.calls[1]!.succeed();
    await turn();
    engine.calls[2]!.succeed();
    expect(await back).toBe('done');
    expect(verbs()).toEqual(['subscribe', 'unsubscribe', 'subscribe']);
    expect([...engine.known]).toEqual(['a']);
  });

  it.each([0, 1, 2, 3, 4, 5])('tries again for who comes %i microtasks after a failure', async (hops) => {
    const first = come('a');
    engine.calls[0]!.fail();
    for (let done = 0; done < hops; done++) await Promise.resolve();
    const second = come('a');
    await turn();
    expect(verbs()).toEqual(['subscribe', 'subscribe']);
    engine.calls[1]!.succeed();
    expect(await Promise.all([first, second])).toEqual(['failed', 'done']);
    expect([...engine.known]).toEqual(['a']);
  });

  it('comes back to a channel that it could not leave, as soon as the engine answers again', async () => {
    void come('a');
    engine.calls[0]!.succeed();
    await turn();
    const left = go('a');
    engine.calls[1]!.fail();
    expect(await left).toBe('failed');

    void come('b');
    engine.isPrompt = true;
    engine.calls[2]!.succeed();
    await turn();
    expect([...engine.known]).toEqual(['b']);
  });

  it('lets nothing pile up at an engine that does not answer, however many come and go', async () => {
    const first = come('a');
    const others = Array.from({ length: 100 }, (_, index) => {
      if (index % 2 === 0) listeners.delete('a');
      else listeners.add('a');
      return subscriptions.settle('a');
    });
    expect(new Set(others).size).toBe(1);
    await turn();
    expect(verbs()).toEqual(['subscribe']);
    engine.calls[0]!.succeed();
    expect(await first).toBe('done');
    await others[0];
    expect(verbs()).toEqual(['subscribe']);
    expect([...engine.known]).toEqual(['a']);
  });

  describe('and the log of a channel', () => {
    const live = (sequence: number, previous: number) =>
      logs.record({ channel: 'a', data: 'x', id: `e-${sequence}`, sequence, previous, age: 0 });

    it('which is there while it is subscribed to, and begins there', async () => {
      const coming = come('a');
      expect(logs.get('a')).toBeUndefined();
      engine.calls[0]!.succeed();
      await coming;
      expect(logs.get('a')!.completeAfter).toBe(7);
      const leaving = go('a');
      engine.calls[1]!.succeed();
      await leaving;
      expect(logs.get('a')).toBeUndefined();
    });

    it('which keeps what came before the subscription was confirmed', async () => {
      const coming = come('a');
      live(9, 7);
      engine.calls[0]!.succeed();
      await coming;
      expect(logs.get('a')!.events.map(({ sequence }) => sequence)).toEqual([9]);
    });

    it.each(['succeeds', 'fails'])('which has no hole where leaving %s while events go on coming', async (outcome) => {
      void come('a');
      engine.calls[0]!.succeed();
      await turn();
      live(8, 7);
      const leaving = go('a');
      const back = come('a');
      // Of this time nobody can say what came and what did not.
      live(9, 8);
      if (outcome === 'succeeds') engine.calls[1]!.succeed();
      else engine.calls[1]!.fail();
      await leaving;
      await turn();
      engine.last = 10;
      engine.calls[2]!.succeed();
      await back;

      const { completeAfter, events } = logs.get('a')!;
      expect([completeAfter, events]).toEqual([10, []]);
    });
  });

  it('has the engine know in the end just the channels with listeners, whatever fails on the way', async () => {
    const step = fc.record({
      act: fc.constantFrom('come' as const, 'go' as const, 'succeed' as const, 'fail' as const, 'turn' as const),
      channel: fc.constantFrom('a', 'b', 'c'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        begin();
        let next = 0;
        for (const { act, channel } of steps) {
          if (act === 'come') void come(channel);
          else if (act === 'go') void go(channel);
          else if (act === 'turn') await turn();
          else if (next < engine.calls.length) engine.calls[next++]![act]();
        }
        engine.isPrompt = true;
        while (next < engine.calls.length) engine.calls[next++]!.succeed();
        await turn();
        // One more operation that succeeds: what failed before is made good.
        await come('z');
        await turn();
        expect([...engine.known].sort()).toEqual([...listeners].sort());
        for (const channel of ['a', 'b', 'c']) expect(logs.get(channel) !== undefined).toBe(listeners.has(channel));
      }),
      { numRuns: 200 },
    );
  });
});
