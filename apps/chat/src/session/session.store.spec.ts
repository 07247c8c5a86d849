import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ConflictException, ServiceUnavailableException } from '@nestjs/common';
import { type ConnectionRegistry } from 'nestjs-event-stream';
import { SESSION_MAX_AGE, SessionStore } from './session.store.js';

describe('SessionStore', () => {
  let streaming: Set<string>;
  let store: SessionStore;
  let ended: string[];

  beforeEach(() => {
    jest.useFakeTimers();
    streaming = new Set();
    const registry = { byUser: (userId: string) => (streaming.has(userId) ? [{}] : []) };
    store = new SessionStore(registry as unknown as ConnectionRegistry);
    ended = [];
    store.ended$.subscribe(({ name }) => ended.push(name));
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('finds a session by its id, and the person by the user id', () => {
    const session = store.create('Ada');
    expect(store.use(session.id)).toBe(session);
    expect(store.userById(session.user.userId)).toEqual({ userId: session.user.userId, name: 'Ada' });
    expect(store.use('no such id')).toBeUndefined();
    expect(store.use(undefined)).toBeUndefined();
  });

  it.each(['Ada', 'ADA', 'Ａｄａ'])('refuses %s while somebody called Ada is here', (name) => {
    store.create('Ada');
    expect(() => store.create(name)).toThrow(ConflictException);
  });

  it('gives a name away again when its holder has neither a stream nor asked for anything for a minute', () => {
    const holder = store.create('Ada');
    streaming.add(holder.user.userId);
    jest.advanceTimersByTime(60_000);
    expect(() => store.create('Ada')).toThrow(ConflictException);

    streaming.clear();
    const next = store.create('Ada');
    expect(next.user.userId).not.toBe(holder.user.userId);
    expect(store.use(holder.id)).toBeUndefined();
    expect(ended).toEqual(['Ada']);
  });

  it('forgets a session that was not used for hours, unless its stream is open', () => {
    const away = store.create('Ada');
    const here = store.create('Grace');
    streaming.add(here.user.userId);
    jest.advanceTimersByTime(SESSION_MAX_AGE);
    expect(store.use(away.id)).toBeUndefined();
    expect(store.use(here.id)).toBe(here);
    expect(ended).toEqual(['Ada']);
  });

  it('makes room for the newest by the one that was used longest ago and has no stream', () => {
    const first = store.create('first');
    streaming.add(first.user.userId);
    const second = store.create('second');
    const third = store.create('third');
    for (let i = 3; i < 1_000; i += 1) store.create(`filler ${i}`);
    store.use(second.id);

    store.create('newest');
    expect(ended).toEqual(['third']);
    expect(store.use(third.id)).toBeUndefined();
  });

  it('is full when all of its people have a stream open', () => {
    for (let i = 0; i < 1_000; i += 1) streaming.add(store.create(`person ${i}`).user.userId);
    expect(() => store.create('one more')).toThrow(ServiceUnavailableException);
    expect(ended).toEqual([]);
  });
});
