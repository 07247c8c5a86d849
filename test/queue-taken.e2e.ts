import { describe, expect, it } from '@jest/globals';
import { Controller, Injectable } from '@nestjs/common';
import {
  channels,
  type DeadLetterInfo,
  type EventFields,
  MessageQueue,
  OnSseDeadLetter,
  type SseDeadLetter,
  type SseModuleOptions,
  SseStream,
} from 'nestjs-event-stream';
import { setTimeout as delay } from 'node:timers/promises';
import { type Application, as, useApplications } from './harness/application.js';
import { QueueBackplane } from './harness/queue-backplane.js';

@Controller('rooms')
class RoomsController {
  @SseStream()
  room() {
    return channels('room');
  }

  @SseStream('unheard', { listen: { user: false } })
  unheard() {
    return channels('room');
  }
}

@Injectable()
class Mailman {
  readonly letters: [string, EventFields, DeadLetterInfo][] = [];

  @OnSseDeadLetter()
  keep(userId: string, event: EventFields, info: DeadLetterInfo): void {
    this.letters.push([userId, event, info]);
    if (event.type === 'cursed') throw new Error('the dead-letter hook failed');
  }
}

const ANN = 'ann';

// D2: how a message leaves its queue.
describe('a message of a queue', () => {
  const start = useApplications();

  async function application(options: SseModuleOptions = {}) {
    const app = await start({ controllers: [RoomsController], providers: [Mailman], options });
    return { app, queue: app.get(MessageQueue), mailman: app.get(Mailman) };
  }

  /** Comes back without a cursor, as a page that is loaded anew, and leaves when it has so many events. */
  async function visit(app: Application, count: number): Promise<string[]> {
    const client = await app.open('/rooms', as(ANN));
    const events = await client.take(count);
    await client.close();
    await app.untilCount(0);
    return events.map(({ data }) => data);
  }

  async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
    const deadline = performance.now() + 5_000;
    while (!(await condition())) {
      if (performance.now() > deadline) throw new Error('Waited in vain');
      await delay(5);
    }
  }

  it('gives way when it is the oldest of too many: it is counted, and told to hooks and observers', async () => {
    const { app, queue, mailman } = await application();
    const observed: SseDeadLetter[] = [];
    queue.deadLetters$.subscribe((letter) => observed.push(letter));
    const first = await queue.enqueue(ANN, { type: 'cursed', data: { n: 0 } });
    for (let n = 1; n < 1_003; n++) await app.broadcaster.toUser(ANN, { data: { n } }, { queue: true });

    expect(await queue.size(ANN)).toBe(1_000);
    expect(queue.stats).toEqual({ enqueued: 1_003, taken: 0, dead: { attempts: 0, expired: 0, overflow: 3 } });
    expect(mailman.letters[0]).toEqual([
      ANN,
      { type: 'cursed', data: '{"n":0}' },
      { id: first.id, reason: 'overflow', attempts: 0 },
    ]);
    expect(mailman.letters.map(([, { data }]) => data)).toEqual(['{"n":0}', '{"n":1}', '{"n":2}']);
    expect(observed.map(({ userId, event, info }) => [userId, event, info])).toEqual(mailman.letters);
    const client = await app.open('/rooms', as(ANN));
    expect((await client.take(1_000)).map((event) => event.json())).toEqual(
      Array.from({ length: 1_000 }, (_, n) => ({ n: n + 3 })),
    );
  });

  it('is read and sent in batches, one after the other', async () => {
    const backplane = new QueueBackplane();
    const { app, queue } = await application({ backplane, messageQueue: { batchSize: 30 } });
    for (let n = 0; n < 70; n++) await queue.enqueue(ANN, { data: n });

    await visit(app, 70);

    const [question, ...batches] = backplane.callsOf('queued');
    expect(question).toEqual([ANN, 0, 1]);
    expect(batches.map(([, after, limit]) => [after, limit])).toEqual([
      [0, 30],
      [30, 30],
      [60, 30],
    ]);
    expect(backplane.callsOf('attempt').map(([, sequences]) => (sequences as number[]).length)).toEqual([30, 30, 10]);
  });

  it('leaves unsent when its time is over', async () => {
    const { app, queue, mailman } = await application({ messageQueue: { ttl: 60_000 } });
    await queue.enqueue(ANN, { data: 'short' }, { ttl: 20 });
    await queue.enqueue(ANN, { data: 'long' });
    await until(async () => (await queue.size(ANN)) === 1);

    expect(await visit(app, 1)).toEqual(['long']);

    expect(mailman.letters).toMatchObject([[ANN, { data: 'short' }, { reason: 'expired', attempts: 0 }]]);
    expect(queue.stats.dead.expired).toBe(1);
  });

  it('is sent three times to a user who comes back without it, and not a fourth time', async () => {
    const { app, queue, mailman } = await application();
    const { id } = await queue.enqueue(ANN, { data: 'one' });
    for (let visits = 0; visits < 3; visits++) expect(await visit(app, 1)).toEqual(['one']);
    expect(mailman.letters).toEqual([]);
    await queue.enqueue(ANN, { data: 'two' });

    expect(await visit(app, 1)).toEqual(['two']);

    expect(mailman.letters).toEqual([[ANN, { data: 'one' }, { id, reason: 'attempts', attempts: 3 }]]);
    expect(await queue.size(ANN)).toBe(1);
  });

  it('is not replayed from the history either when it was sent often enough, of which the client is told', async () => {
    const { app, queue } = await application({ messageQueue: { maxAttempts: 1 } });
    const { id: cursor } = await app.broadcaster.toChannel('room', { data: 'known' });
    await queue.enqueue(ANN, { data: 'waited' });
    const resume = () => app.open('/rooms', { headers: { 'x-user': ANN, 'last-event-id': cursor! } });
    const once = await resume();
    expect((await once.next()).data).toBe('waited');
    await once.close();
    await app.untilCount(0);

    const again = await resume();
    await app.broadcaster.toChannel('room', { data: 'live' });

    const events = await again.take(2);
    expect(Object.fromEntries(events.map(({ type, data }) => [type, data]))).toEqual({
      message: 'live',
      'sse:dropped': '{"count":1,"reason":"undelivered"}',
    });
    expect(queue.stats.dead.attempts).toBe(1);
  });

  it('counts one try for tabs that come back together', async () => {
    const backplane = new QueueBackplane();
    const { app, queue } = await application({ backplane });
    await queue.enqueue(ANN, { data: 'one' });

    const tabs = await Promise.all([1, 2, 3].map(() => app.open('/rooms', as(ANN))));

    for (const tab of tabs) expect((await tab.next()).data).toBe('one');
    expect(backplane.callsOf('attempt')).toHaveLength(1);
  });

  it('is taken when a later id comes back, on whichever of his streams it was', async () => {
    const { app, queue } = await application();
    const tab = await app.open('/rooms', as(ANN));
    await queue.enqueue(ANN, { data: 'one' });
    await tab.next();
    const { id } = await app.broadcaster.toChannel('room', { data: 'later' });

    await app.open('/rooms', { headers: { 'x-user': ANN, 'last-event-id': id! } });

    await until(async () => (await queue.size(ANN)) === 0);
    expect(queue.stats).toMatchObject({ enqueued: 1, taken: 1 });
  });

  it('is not taken by the id of a stream that does not listen to its user', async () => {
    const { app, queue } = await application();
    await queue.enqueue(ANN, { data: 'one' });
    const { id } = await app.broadcaster.toChannel('room', { data: 'later' });
    const headers = { 'x-user': ANN, 'last-event-id': id! };

    const unheard = await app.open('/rooms/unheard', { headers });
    await app.broadcaster.toChannel('room', { data: 'last' });
    await unheard.next();

    expect(await queue.size(ANN)).toBe(1);
  });

  it('is taken when a stream that it was written to has lived two heartbeats longer', async () => {
    const { app, queue } = await application({ heartbeat: { interval: 30 } });
    await queue.enqueue(ANN, { data: 'waited' });
    const client = await app.open('/rooms', as(ANN));
    await client.next();
    await until(async () => (await queue.size(ANN)) === 0);

    await queue.enqueue(ANN, { data: 'live' });
    await client.next();
    await until(async () => (await queue.size(ANN)) === 0);
    await client.close();
    await app.untilCount(0);

    await queue.enqueue(ANN, { data: 'of the history' });
    const again = await app.open('/rooms', { headers: { 'x-user': ANN, 'last-event-id': client.lastEventId } });
    await again.next();
    await until(async () => (await queue.size(ANN)) === 0);
    expect(queue.stats.taken).toBe(3);
  });

  it('is not sent again by flush()', async () => {
    const { app, queue } = await application();
    await queue.enqueue(ANN, { data: 'waited' });
    const client = await app.open('/rooms', as(ANN));
    await client.next();
    await queue.enqueue(ANN, { data: 'live' });
    expect((await client.next()).data).toBe('live');

    await queue.flush(ANN);
    await app.broadcaster.toChannel('room', { data: 'last' });

    expect((await client.next()).data).toBe('last');
  });

  it('is gone when the queue is cleared', async () => {
    const { app, queue, mailman } = await application();
    await queue.enqueue(ANN, { data: 'one' });
    await queue.enqueue(ANN, { data: 'two' });
    await queue.enqueue('ben', { data: 'other' });

    expect(await queue.clear(ANN)).toBe(2);

    expect([await queue.size(ANN), await queue.size('ben'), mailman.letters]).toEqual([0, 1, []]);
    const client = await app.open('/rooms', as(ANN));
    await app.broadcaster.toChannel('room', { data: 'live' });
    expect((await client.next()).data).toBe('live');
  });

  it('is put into its queue once for an idempotency key', async () => {
    const { queue } = await application();

    const one = await queue.enqueue(ANN, { data: 'one' }, { idempotencyKey: 'order 7' });
    const again = await queue.enqueue(ANN, { data: 'one' }, { idempotencyKey: 'order 7' });

    expect([again.id, await queue.size(ANN)]).toEqual([one.id, 1]);
  });

  it.each<[string, (app: Application, queue: MessageQueue) => Promise<unknown>, string]>([
    ['is ephemeral', (_app, queue) => queue.enqueue(ANN, { data: 1 }, { ephemeral: true }), 'SSE_EVENT_OPTION'],
    ['has an id', (_app, queue) => queue.enqueue(ANN, { id: '7', data: 1 }), 'SSE_EVENT_ID'],
    ['is for nobody', (_app, queue) => queue.enqueue('', { data: 1 }), 'SSE_ARGUMENT'],
    ['is for everyone', ({ broadcaster }) => broadcaster.broadcast({ data: 1 }, queued), 'SSE_EVENT_OPTION'],
    ['is for a channel', ({ broadcaster }) => broadcaster.toChannel('room', { data: 1 }, queued), 'SSE_EVENT_OPTION'],
    [
      'is for a permission',
      ({ broadcaster }) => broadcaster.toPermission('p', { data: 1 }, queued),
      'SSE_EVENT_OPTION',
    ],
  ])('is refused if it %s', async (_what, act, code) => {
    const { app, queue } = await application();

    await expect(act(app, queue)).rejects.toMatchObject({ code });

    expect(await queue.size(ANN)).toBe(0);
  });
});

const queued: object = { queue: true };
