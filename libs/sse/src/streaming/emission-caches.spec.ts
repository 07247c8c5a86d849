import { beforeEach, describe, expect, it } from '@jest/globals';
import { BehaviorSubject, filter, map, Subject } from 'rxjs';
import { FlushScheduler } from '../connections/flush-scheduler.js';
import { EventEncoder } from '../protocol/event-encoder.js';
import { EmissionCaches } from './emission-caches.js';

describe('EmissionCaches', () => {
  let caches: EmissionCaches;
  beforeEach(() => {
    caches = new EmissionCaches(new EventEncoder(JSON.stringify, 1_000), new FlushScheduler());
  });

  it('has one cache for all streams of one Observable, however it is handed out', () => {
    for (const subject of [new Subject(), new BehaviorSubject(0)]) {
      const cache = caches.of(subject);
      expect(caches.of(subject)).toBe(cache);
      expect(caches.of(subject.asObservable())).toBe(cache);
    }
  });

  it('has one for each of those that see other emissions', () => {
    const subject = new Subject<number>();
    const even = subject.pipe(filter((n) => n % 2 === 0));
    const odd = subject.pipe(filter((n) => n % 2 === 1));
    const sources = [subject, even, odd, subject.pipe(map((n) => n)), new Subject<number>()];
    expect(new Set(sources.map((source) => caches.of(source))).size).toBe(sources.length);
    expect(caches.of(even)).toBe(caches.of(even));
  });

  it('gives no stream what another one took of an object that was changed in between', () => {
    const subject = new Subject<{ n: number }>();
    const texts: Record<'even' | 'odd', string[]> = { even: [], odd: [] };
    for (const [parity, remainder] of [['even', 0] as const, ['odd', 1] as const]) {
      const source = subject.pipe(filter(({ n }) => n % 2 === remainder));
      const taker = { lastEmission: 0 };
      source.subscribe((value) => texts[parity].push(caches.of(source).encode(value, taker).payload.toString()));
    }
    const state = { n: 0 };
    while (state.n < 4) {
      state.n++;
      subject.next(state);
    }
    expect(texts).toEqual({
      odd: ['data: {"n":1}\n\n', 'data: {"n":3}\n\n'],
      even: ['data: {"n":2}\n\n', 'data: {"n":4}\n\n'],
    });
  });
});
