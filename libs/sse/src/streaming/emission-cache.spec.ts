import { beforeEach, describe, expect, it } from '@jest/globals';
import { FlushScheduler } from '../connections/flush-scheduler.js';
import { EventEncoder } from '../protocol/event-encoder.js';
import { EmissionCache } from './emission-cache.js';

const tick = () => new Promise((resolve) => setImmediate(resolve));

describe('EmissionCache', () => {
  let serialised: number;
  let cache: EmissionCache;
  const taker = () => ({ lastEmission: 0 });
  beforeEach(() => {
    serialised = 0;
    const encoder = new EventEncoder((data) => {
      serialised++;
      return JSON.stringify(data);
    }, 1_000);
    cache = new EmissionCache(encoder, new FlushScheduler());
  });

  it('encodes an object once for all who take one emission of it', () => {
    const event = { data: { n: 1 } };
    const frames = Array.from({ length: 100 }, () => cache.encode(event, taker()));
    expect(new Set(frames).size).toBe(1);
    expect(serialised).toBe(1);
  });

  it('encodes it anew when it is emitted again after it changed, in the same tick', () => {
    const state = { n: 1 };
    const takers = [taker(), taker()];
    const texts = () => takers.map((one) => cache.encode(state, one).payload.toString());
    expect(texts()).toEqual(['data: {"n":1}\n\n', 'data: {"n":1}\n\n']);
    state.n++;
    expect(texts()).toEqual(['data: {"n":2}\n\n', 'data: {"n":2}\n\n']);
    expect(serialised).toBe(2);
  });

  it('forgets at the end of the tick, and when a stream begins', async () => {
    const state = { n: 1 };
    cache.encode(state, taker());
    await tick();
    state.n++;
    expect(cache.encode(state, taker()).payload.toString()).toContain('2');
    state.n++;
    cache.forget();
    expect(cache.encode(state, taker()).payload.toString()).toContain('3');
  });
});
