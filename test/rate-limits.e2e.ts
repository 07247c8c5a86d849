import { describe, expect, it } from '@jest/globals';
import { Controller } from '@nestjs/common';
import {
  channels,
  CurrentConnection,
  type PublishOptions,
  RateLimiter,
  type SseConnection,
  type SseEvent,
  SseMetrics,
  SseStream,
} from 'nestjs-event-stream';
import { type SseTestClient } from 'nestjs-event-stream/testing';
import { type Application, as, useApplications } from './harness/application.js';

/** Two at once, and twenty a second. */
const limit = { messagesPerSecond: 20, burst: 2 };
/** Nothing comes within the time of a test. */
const standstill = { messagesPerSecond: 0.1, burst: 2 };
/** The clocks of two looks are whole milliseconds. */
const ROUNDING = 2;

/** How many values the source was asked for. */
let asked = 0;

@Controller()
class LimitedController {
  @SseStream('delay', { rateLimit: limit })
  delay() {
    return channels('room');
  }

  @SseStream('drop', { rateLimit: { ...limit, onLimit: 'drop' } })
  drop() {
    return channels('room');
  }

  @SseStream('conflate', { rateLimit: { ...limit, onLimit: 'conflate' } })
  conflate() {
    return channels('room');
  }

  @SseStream('user', { rateLimit: { ...limit, per: 'user' } })
  user() {
    return channels('room');
  }

  @SseStream('standstill', { rateLimit: standstill })
  standstill() {
    return channels('room');
  }

  @SseStream('values', { rateLimit: { ...limit, onLimit: 'drop' } })
  async *values() {
    for (asked = 0; asked < 8;) yield { data: ++asked };
  }

  @SseStream('module')
  module() {
    return channels('room');
  }

  @SseStream('none', { rateLimit: null })
  none(@CurrentConnection() connection: SseConnection) {
    connection.send({ type: 'hello' });
    return channels('room');
  }
}

// C5: delayed, left out or conflated; always counted, never silent.
describe('a stream with a rate limit', () => {
  const start = useApplications();
  const app = (options = {}) => start({ controllers: [LimitedController], options });

  /** Publishes numbered events in one tick. */
  async function publish({ broadcaster }: Application, count: number, event: SseEvent = {}, options?: PublishOptions) {
    const published = Array.from({ length: count }, (_, n) =>
      broadcaster.toChannel('room', { data: n, ...event }, options),
    );
    return (await Promise.all(published)).map(({ id }) => id);
  }
  const take = async (client: SseTestClient, count: number) => {
    const events = await client.take(count);
    return events.map(({ type, data }) => (type.startsWith('sse:') ? `${type} ${data}` : data));
  };
  const upTo = (count: number) => Array.from({ length: count }, (_, n) => String(n));

  it('is given its burst at once, and all the rest in order, no faster than it may', async () => {
    const running = await app();
    const client = await running.open('/delay');
    const since = performance.now();
    await publish(running, 8);

    expect(await take(client, 8)).toEqual(upTo(8));
    expect(performance.now() - since).toBeGreaterThanOrEqual((6 / 20) * 1_000 - ROUNDING);
    expect(running.get(SseMetrics).snapshot().events).toMatchObject({ delayed: 6, dropped: { rate: 0 } });
  });

  it('loses what has no token, and is told how much before the next id', async () => {
    const running = await app();
    const client = await running.open('/drop');
    await publish(running, 6);

    expect(await take(client, 3)).toEqual(['0', '1', 'sse:dropped {"count":4,"reason":"rate"}']);
    await publish(running, 1, { data: 'next' });
    expect(await take(client, 1)).toEqual(['next']);
    expect(running.get(SseMetrics).snapshot().events).toMatchObject({ delayed: 0, dropped: { rate: 4 } });
  });

  it('does not wait for long to be told, nor is it told of what is ephemeral', async () => {
    const running = await app();
    const client = await running.open('/drop');
    await publish(running, 5, {}, { ephemeral: true });
    await publish(running, 1, { data: 'alarm' }, { priority: 'critical' });

    expect(await take(client, 3)).toEqual(['0', '1', 'alarm']);
    expect(running.connections.stats().dropped).toBe(3);
  });

  it('is given the newest of each key and type of what waits', async () => {
    const running = await app();
    const client = await running.open('/conflate');
    for (let n = 0; n < 10; n++) {
      void running.broadcaster.toChannel('room', { type: 'price', data: `price ${n}` });
      void running.broadcaster.toChannel('room', { type: 'cursor', data: `ann ${n}` }, { key: 'ann' });
    }

    const got: string[] = [];
    while (got.at(-1) !== 'ann 9') got.push(...(await take(client, 1)));
    const told = got.flatMap((text) => /^sse:dropped {"count":(\d+),"reason":"replaced"}$/.exec(text)?.[1] ?? []);
    const events = got.length - told.length;
    expect(events).toBeLessThan(20);
    expect(got).toContain('price 9');
    expect(told.reduce((sum, count) => sum + Number(count), 0)).toBe(20 - events);
    expect(running.get(SseMetrics).snapshot().events.dropped).toMatchObject({ rate: 0 });
  });

  it('shares its tokens with the other streams of its user, in turn, and with nobody else', async () => {
    const running = await app();
    const tabs = await Promise.all([1, 2].map(() => running.open('/user', as('ann'))));
    const stranger = await running.open('/user', as('ben'));
    const since = performance.now();
    await publish(running, 8);

    const [one, other] = await Promise.all(tabs.map((tab) => take(tab, 8)));
    const elapsed = performance.now() - since;
    expect([one, other]).toEqual([upTo(8), upTo(8)]);
    expect(elapsed).toBeGreaterThanOrEqual((14 / 20) * 1_000 - ROUNDING);
    expect(await take(stranger, 8)).toEqual(upTo(8));
  });

  it('catches up with what it missed, all of it and in order, and then with what came meanwhile', async () => {
    const running = await app();
    const first = await running.open('/delay');
    const [seen] = await publish(running, 1);
    await first.next();
    await first.close();
    const ids = await publish(running, 12);
    const since = performance.now();
    const client = await running.open('/delay', { headers: { 'last-event-id': seen! } });
    ids.push(...(await publish(running, 3)));

    const events = await client.take(15);
    expect(events.map(({ id }) => id)).toEqual(ids);
    expect(performance.now() - since).toBeGreaterThanOrEqual((13 / 20) * 1_000 - ROUNDING);
  });

  it('is given a critical event at once, and what came before it', async () => {
    const running = await app();
    const client = await running.open('/standstill');
    await publish(running, 5);
    await publish(running, 1, { data: 'alarm' }, { priority: 'critical' });

    expect(await take(client, 6)).toEqual([...upTo(5), 'alarm']);
  });

  it('is given all that waits when the application closes, which does not wait for tokens', async () => {
    const running = await app();
    const client = await running.open('/standstill');
    await publish(running, 5);
    await client.take(2);

    await running.close();

    const last = await client.untilClosed();
    expect(last.map(({ type, data }) => (type === 'message' ? data : type))).toEqual(['2', '3', '4', 'sse:closing']);
  });

  it('asks a source that can be paused for no more than it may write, and loses nothing of it', async () => {
    const running = await app();
    const client = await running.open('/values');

    expect(await take(client, 2)).toEqual(['1', '2']);
    expect(asked).toBeLessThan(8);
    expect(await take(client, 6)).toEqual(['3', '4', '5', '6', '7', '8']);
    expect(running.connections.stats().dropped).toBe(0);
  });

  it('has the limit of the module unless its route has another, or none', async () => {
    const running = await app({ rateLimit: standstill });
    const [limited, free] = await Promise.all([running.open('/module'), running.open('/none')]);
    await publish(running, 20);

    expect(await take(free, 21)).toEqual(['', ...upTo(20)]);
    expect(await take(limited, 2)).toEqual(['0', '1']);
    expect([...running.connections.byChannel('room')].map(({ stats }) => stats.queued).sort()).toEqual([0, 18]);
  });

  it('has nothing to do with what the application itself limits by the same means', async () => {
    const limiter = (await app({ rateLimit: standstill })).get(RateLimiter);

    expect([1, 2, 3].map(() => limiter.tryAcquire('posts'))).toEqual([true, true, false]);
    expect(limiter.delay('posts')).toBeGreaterThan(9_000);
  });
});
