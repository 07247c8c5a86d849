import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Backplane } from '../backplane/backplane.js';
import { type ChannelHistory } from '../backplane/event-log.js';
import { SseBackplaneError } from '../backplane/sse-backplane-error.js';
import { resolveOptions } from '../options/check-options.js';
import { ChannelLogs } from './channel-logs.js';
import { HistoryReader } from './history-reader.js';

describe('HistoryReader', () => {
  let answer: (history: ChannelHistory | Error) => void;
  let asked: string[];
  let logs: ChannelLogs;
  let reader: HistoryReader;
  beforeEach(() => {
    asked = [];
    const history = (channel: string) => {
      asked.push(channel);
      return new Promise<ChannelHistory>((resolve, reject) => {
        answer = (outcome) => (outcome instanceof Error ? reject(outcome) : resolve(outcome));
      });
    };
    logs = new ChannelLogs(resolveOptions());
    logs.open('a', { position: { epoch: 'e', sequence: 7 }, last: 7 });
    reader = new HistoryReader({ history } as unknown as Backplane, logs);
  });
  const nothing = { epoch: 'e', messages: [], completeAfter: 3 };

  it('reads once for all who ask at the same time, and again for who asks later', async () => {
    const all = Promise.all([reader.read('a'), reader.read('a'), reader.read('a')]);
    answer(nothing);
    await all;
    expect([asked, logs.get('a')!.isWhole, logs.get('a')!.completeAfter]).toEqual([['a'], true, 3]);
    const again = reader.read('a');
    answer(nothing);
    await again;
    expect([asked.length, reader.reads]).toEqual([2, 2]);
  });

  it('fails for all who ask, and can be asked again', async () => {
    const all = Promise.allSettled([reader.read('a'), reader.read('a')]);
    answer(new SseBackplaneError('The engine is away'));
    expect((await all).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const again = reader.read('a');
    answer(nothing);
    await expect(again).resolves.toBeUndefined();
  });

  it('takes nothing of another log: whoever asks is to ask again when the node knows', async () => {
    const read = reader.read('a');
    answer({ ...nothing, epoch: 'other' });
    await expect(read).rejects.toThrow(SseBackplaneError);
    expect(logs.get('a')!.isWhole).toBe(false);
  });

  it('does not mind that the channel has been left meanwhile', async () => {
    const read = reader.read('a');
    logs.close('a');
    answer(nothing);
    await expect(read).resolves.toBeUndefined();
  });
});
