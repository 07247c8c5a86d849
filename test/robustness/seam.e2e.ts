import { beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Query } from '@nestjs/common';
import { channels, CurrentConnection, HeartbeatService, type SseConnection, SseStream } from 'nestjs-event-stream';
import { type SseTestClient } from 'nestjs-event-stream/testing';
import { ReadableStream } from 'node:stream/web';
import { from as fromList } from 'rxjs';
import { ChannelCatchUp } from '../../libs/sse/src/channels/channel-catch-up.js';
import { ChannelLogs } from '../../libs/sse/src/channels/channel-logs.js';
import { EnginePatience } from '../../libs/sse/src/channels/engine-patience.js';
import { type Application, as, settled, useApplications } from '../harness/application.js';
import { cursorOf, epochOf, from, idsOf, resetOf, sequenceOf } from '../harness/cursor.js';
import { FakeBackplane } from '../harness/fake-backplane.js';
import { Gate, microtasks } from '../harness/gate.js';

/** More microtasks than there are between the end of a handler and the moment when its stream is live. */
const HOPS = Array.from({ length: 60 }, (_, hops) => hops);
const KINDS = ['plain', 'last', 'state', 'stream'] as const;

let backplane: FakeBackplane;
/** Called so many microtasks after the handler began. */
let afterHops: (connection: SseConnection) => unknown;
let cancelled: number;
beforeEach(() => {
  backplane = new FakeBackplane();
  afterHops = () => undefined;
  cancelled = 0;
});

@Controller()
class StreamsController {
  @SseStream()
  stream(
    @Query('kind') kind: (typeof KINDS)[number],
    @Query('c') names: string,
    @Query('hops') hops = '0',
    @CurrentConnection() connection: SseConnection,
  ) {
    void microtasks(Number(hops)).then(() => afterHops(connection));
    const subscription = channels(...names.split(','));
    if (kind === 'last') return subscription.history({ last: 2 });
    if (kind === 'state') return subscription.startWith(fromList([{ type: 'state', data: 1 }]));
    if (kind === 'stream') return subscription.startWith(stateStream());
    return subscription;
  }

  /** Takes itself to a channel before it says which ones it is of, and something happens there meanwhile. */
  @SseStream('early')
  async early(@CurrentConnection() connection: SseConnection) {
    await connection.subscribe('early');
    await afterHops(connection);
    return channels('room');
  }
}

/** A state that has to be let go of. */
function stateStream(): ReadableStream<unknown> {
  let pulls = 0;
  return new ReadableStream<unknown>({
    pull: (controller) => {
      if (pulls++ === 0) controller.enqueue({ type: 'state', data: 1 });
      else controller.close();
    },
    cancel: () => {
      cancelled++;
    },
  });
}

const start = useApplications();
const startApp = (options: object = {}) =>
  start({ controllers: [StreamsController], options: { backplane, ...options } });

async function publish(app: Application, room: string, count = 1): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n++) ids.push((await app.broadcaster.toChannel(room, { data: n })).id!);
  return ids;
}

/** All ids that were written to a client, in order, without those that only move its cursor. */
async function eventIdsOf(client: SseTestClient, until: string): Promise<string[]> {
  await cursorOf(client, (id) => id === until);
  await client.close();
  const blocks = (await client.text()).split('\n\n').map((block) => ({
    id: /^id: (.+)$/m.exec(block)?.[1],
    isEvent: /^data:/m.test(block),
  }));
  const ids = blocks.flatMap(({ id }) => (id === undefined ? [] : [sequenceOf(id)]));
  // A checkpoint may say again what an event has said; nothing goes back.
  expect(ids).toEqual(ids.toSorted((one, other) => one - other));
  return blocks.flatMap(({ id, isEvent }) => (isEvent && id !== undefined ? [id] : []));
}

describe.each(KINDS)('an event that is published while a stream opens (%s)', (kind) => {
  it('reaches a client that comes back once, in its place, whichever moment it was', async () => {
    const app = await startApp();

    for (const hops of HOPS) {
      const room = `back-${hops}`;
      const [cursor, missed] = await publish(app, room, 2);
      const published: string[] = [];
      afterHops = async () => published.push(...(await publish(app, room)));
      const client = await app.open(`/?kind=${kind}&c=${room}&hops=${hops}`, from(cursor!));
      await settled();
      const [last] = await publish(app, room);

      expect([hops, ...(await eventIdsOf(client, last!))]).toEqual([hops, missed, ...published, last]);
    }
  });

  it('reaches a new client, too, unless it was before the cursor that this one is given', async () => {
    const app = await startApp();

    for (const hops of HOPS) {
      const room = `new-${hops}`;
      const all = await publish(app, room, 2);
      const before = all.length;
      afterHops = async () => all.push(...(await publish(app, room)));
      const client = await app.open(`/?kind=${kind}&c=${room}&hops=${hops}`);
      await settled();
      all.push(...(await publish(app, room)));
      const got = await eventIdsOf(client, all.at(-1)!);

      // Nothing is missing behind the first that it got; and a state knows of nothing that came after the request.
      const [, first] = /^id: (.+)$/m.exec(await client.text())!;
      const owed = kind === 'plain' ? all.filter((id) => sequenceOf(id) > sequenceOf(first)) : all.slice(before);
      expect([hops, ...got]).toEqual([hops, ...all.slice(-got.length)]);
      expect([hops, ...got]).toEqual(expect.arrayContaining(owed));
      expect(got.length).toBeGreaterThanOrEqual(kind === 'last' ? 3 : 1);
    }
  });
});

describe('an event that is published while a client is told to reset', () => {
  it('comes behind the id of the reset, if it is not before it, whichever moment it was', async () => {
    const app = await startApp();

    for (const hops of HOPS) {
      const room = `reset-${hops}`;
      const all: string[] = [];
      afterHops = async () => all.push(...(await publish(app, room)));
      const client = await app.open(`/?kind=plain&c=${room}&hops=${hops}`, from('something else'));
      const { id } = resetOf(await client.next());
      all.push(...(await publish(app, room)));
      const owed = all.filter((published) => sequenceOf(published) > sequenceOf(id));

      expect([hops, ...idsOf(await client.take(owed.length))]).toEqual([hops, ...owed]);
      await client.close();
    }
  });
});

describe('a message that waits for a user who is told to reset', () => {
  it('is not behind the id of the reset, by which its user would have it, whichever moment it came', async () => {
    const app = await startApp();

    for (const hops of HOPS) {
      const user = `user-${hops}`;
      let message: string | undefined;
      afterHops = async () => (message = (await app.broadcaster.toUser(user, { data: hops }, { queue: true })).id);
      const init = { headers: { ...as(user).headers, ...from('something else').headers } };
      const client = await app.open(`/?kind=plain&c=room&hops=${hops}`, init);
      const { id } = resetOf(await client.next());
      await client.close();

      expect([hops, id === undefined || sequenceOf(id) < sequenceOf(message)]).toEqual([hops, true]);
      const again = { headers: { ...as(user).headers, ...from(id ?? 'something else').headers } };
      const returned = await app.open('/?kind=plain&c=room', again);
      const events = await returned.take(id === undefined ? 2 : 1);
      expect(events.at(-1)!.data).toBe(`${hops}`);
      await returned.close();
    }
  });
});

describe.each(KINDS)('the first client of a log in which nothing was published (%s)', (kind) => {
  it('has a cursor all the same, and comes back with it', async () => {
    const app = await startApp();
    const client = await app.open(`/?kind=${kind}&c=room`);
    const cursor = await cursorOf(client);
    await client.close();
    const missed = await publish(app, 'room', 5);

    const again = await app.open(`/?kind=${kind}&c=room`, from(cursor));

    expect(sequenceOf(cursor)).toBe(0);
    expect(idsOf(await again.take(5))).toEqual(missed);
  });
});

describe('an event of a channel that a handler has taken its stream to before it returned', () => {
  it.each(['new', 'come back'])('reaches a client once: %s', async (how) => {
    const app = await startApp();
    const [cursor] = await publish(app, 'early');
    const published: string[] = [];
    afterHops = async () => published.push(...(await publish(app, 'early', 3)));

    const client = await app.open('/early', how === 'new' ? {} : from(cursor!));
    await app.untilCount(1);
    published.push(...(await publish(app, 'early')));
    const events = await client.take(4);
    await app.broadcaster.toChannel('room', { type: 'probe' });

    expect(events.map(({ data }) => data)).toEqual(['0', '1', '2', '0']);
    expect(idsOf(events).at(-1)).toBe(published.at(-1));
    if (how === 'come back') expect(idsOf(events)).toEqual(published);
    await client.next({ type: 'probe' });
  });
});

describe.each(KINDS)('a connection that ends while its stream opens (%s)', (kind) => {
  it.each(['fresh', 'come back'])('leaves nothing, whichever moment it was: %s', async (how) => {
    const app = await startApp();
    const [cursor] = await publish(app, 'room');
    afterHops = (connection) => connection.close();

    for (const hops of HOPS) {
      const init = how === 'fresh' ? {} : from(cursor!);
      const client = await app.open(`/?kind=${kind}&c=room,other&hops=${hops}`, init);
      await client.untilClosed();
      expect([200, 403]).toContain(client.status);
    }
    await settled();

    expect(app.connections.stats()).toMatchObject({ active: 0, users: 0, channels: 0, queuedBytes: 0 });
    expect([...backplane.subscribed]).toEqual([]);
  });
});

describe('a state that nobody needs', () => {
  it('is let go of when the client is given what it missed', async () => {
    const app = await startApp();
    const [cursor, missed] = await publish(app, 'room', 2);

    const client = await app.open('/?kind=stream&c=room', from(cursor!));

    expect(idsOf(await client.take(1))).toEqual([missed]);
    expect(cancelled).toBe(1);
  });

  it.each(['while the engine is asked', 'before'])('is let go of when the client goes: %s', async (when) => {
    const app = await startApp();
    const engine = new Gate();
    if (when === 'before') backplane.beforeSubscribe = () => engine.opened;
    else backplane.beforeSync = () => engine.opened;
    if (when === 'before') backplane.isAway = true;
    const client = await app.open('/?kind=stream&c=room', from('0123456789ab-1'));
    await app.untilCount(1);

    await client.close();
    await app.untilCount(0);

    expect(cancelled).toBe(1);
    engine.open();
  });

  it('is let go of when the stream is refused', async () => {
    const app = await startApp({ channels: { authorize: () => false } });

    expect((await app.open('/?kind=stream&c=room')).status).toBe(403);

    expect(cancelled).toBeGreaterThan(0);
  });
});

describe('a history that takes its time', () => {
  it('is read once for all who wait for it; then each has everything, also what came meanwhile', async () => {
    const app = await startApp();
    const [cursor, ...missed] = await publish(app, 'room', 4);
    const engine = new Gate();
    backplane.beforeHistory = () => engine.opened;
    const clients = await Promise.all(Array.from({ length: 20 }, () => app.open('/?c=room', from(cursor!))));
    await app.untilCount(20);

    const meanwhile = await publish(app, 'room', 3);
    await settled();
    engine.open();

    for (const client of clients) expect(idsOf(await client.take(6))).toEqual([...missed, ...meanwhile]);
    expect(backplane.read.filter((channel) => channel === 'room')).toHaveLength(1);
  });

  it('is asked for again when it fails, and the client waits that long', async () => {
    const app = await startApp();
    app.get(EnginePatience).askAgain = 4;
    const [cursor, ...missed] = await publish(app, 'room', 3);
    let failures = 3;
    backplane.beforeHistory = () => (failures-- > 0 ? Promise.reject(new Error('The engine is away')) : undefined);

    const client = await app.open('/?c=room', from(cursor!));

    expect(idsOf(await client.take(2))).toEqual(missed);
    expect(failures).toBe(-1);
  });

  it('is asked for again for an open stream, too', async () => {
    const app = await startApp();
    app.get(EnginePatience).askAgain = 4;
    const client = await app.open('/?c=room');
    const [first, ...missed] = await publish(app, 'room', 3);
    await client.take(3);
    let failures = 2;
    backplane.beforeHistory = () => (failures-- > 0 ? Promise.reject(new Error('The engine is away')) : undefined);

    // As if it had taken only the first, and this node had needed the memory of its log for others.
    const [connection] = app.connections.all();
    app.get(ChannelLogs).clear('room', sequenceOf(missed.at(-1)));
    connection!.reading!.fallBehind();
    connection!.reading!.begin({ epoch: epochOf(first), sequence: sequenceOf(first) });
    app.get(ChannelCatchUp).want(connection!);

    expect(idsOf(await client.take(2))).toEqual(missed);
    expect(failures).toBe(-1);
  });

  it('is waited for no longer than patience lasts: the client is sent away, and told when to come back', async () => {
    const app = await startApp({ connections: { retryAfter: 100 } });
    app.get(EnginePatience).askAgain = 4;
    app.get(EnginePatience).limit = 20;
    const [cursor] = await publish(app, 'room', 2);
    backplane.beforeHistory = () => Promise.reject(new Error('The engine is away'));

    const client = await app.open('/?c=room', from(cursor!));
    const events = await client.untilClosed();

    expect(events.map(({ type, data }) => [type, data])).toEqual([['sse:closing', '{"reason":"backplane"}']]);
    expect(events[0]!.retry).toBeGreaterThanOrEqual(50);
    expect(events[0]!.retry).toBeLessThanOrEqual(150);
    expect(app.connections.stats()).toMatchObject({ active: 0, channels: 0, closed: { error: 1 } });
    // It has not been told of anything that it did not get.
    expect(client.lastEventId).toBe('');
  });

  it('that the client does not wait for is of no consequence', async () => {
    const app = await startApp();
    const [cursor] = await publish(app, 'room', 2);
    const engine = new Gate();
    backplane.beforeHistory = () => engine.opened;
    const client = await app.open('/?c=room', from(cursor!));
    await app.untilCount(1);

    await client.close();
    await app.untilCount(0);
    engine.fail(new Error('The engine is away'));
    await settled();

    expect(app.connections.stats()).toMatchObject({ active: 0, channels: 0 });
    expect([...backplane.subscribed]).toEqual([]);
  });
});

describe('an engine that is away when a stream opens', () => {
  async function startAway(options: object = {}): Promise<{ app: Application; published: string[]; back: () => void }> {
    const app = await startApp(options);
    app.get(EnginePatience).askAgain = 4;
    const published = await publish(app, 'room', 3);
    const engine = new Gate();
    backplane.isAway = true;
    backplane.beforeSubscribe = () => engine.opened;
    const back = () => {
      backplane.isAway = false;
      engine.open();
    };
    return { app, published, back };
  }

  it('lets the client in, who gets heartbeats and no cursor, and all that he missed when it is back', async () => {
    const { app, published, back } = await startAway();
    const [cursor, ...missed] = published;

    const client = await app.open('/?c=room', from(cursor!));
    await app.untilCount(1);
    app.get(HeartbeatService).beat();
    while (client.comments.length === 0) await settled();
    expect([client.status, client.retry, client.lastEventId]).toEqual([200, 3_000, '']);
    back();

    expect(idsOf(await client.take(2))).toEqual(missed);
    const live = await publish(app, 'room');
    expect(idsOf(await client.take(1))).toEqual(live);
  });

  it('lets a new client in, whose cursor is where the engine stands when it is back', async () => {
    const { app, back } = await startAway();
    const client = await app.open('/?c=room');
    await app.untilCount(1);

    back();
    await cursorOf(client);
    const [event] = await publish(app, 'room');

    expect(idsOf(await client.take(1))).toEqual([event]);
  });

  it('gives a state only when the channels are subscribed to', async () => {
    const { app, back } = await startAway();
    const client = await app.open('/?kind=state&c=room');
    await app.untilCount(1);
    await settled();
    expect(app.connections.all()[0]!.stats.events).toBe(0);

    back();

    expect((await client.next()).type).toBe('state');
  });

  it('is waited for no longer than patience lasts', async () => {
    const { app, back } = await startAway({ connections: { retryAfter: 100 } });
    app.get(EnginePatience).limit = 20;

    const client = await app.open('/?c=room');
    const events = await client.untilClosed();

    expect(events.map(({ type, data }) => [type, data])).toEqual([['sse:closing', '{"reason":"backplane"}']]);
    expect(events[0]!.retry).toBeGreaterThanOrEqual(50);
    back();
    await settled();
    expect(app.connections.stats()).toMatchObject({ active: 0, channels: 0 });
  });

  it('and says that it is not away, holds up the opening for a moment only', async () => {
    const { app, back } = await startAway();
    backplane.isAway = false;
    app.get(EnginePatience).openWait = 10;

    const client = await app.open('/?c=room');

    expect([client.status, client.lastEventId]).toEqual([200, '']);
    back();
    await cursorOf(client);
    const [event] = await publish(app, 'room');
    expect(idsOf(await client.take(1))).toEqual([event]);
  });

  it('is heard of by who subscribes an open stream', async () => {
    const app = await startApp();
    await app.open('/?c=room');
    await app.untilCount(1);
    const [connection] = app.connections.all();
    backplane.isAway = true;

    await expect(connection!.subscribe('later')).rejects.toMatchObject({ code: 'SSE_BACKPLANE' });

    backplane.isAway = false;
    expect([...connection!.channels]).toEqual(['$all', 'room']);
  });
});

describe('what the backplane could not deliver', () => {
  it('is told to those who listen to the channel, and costs them nothing of the others', async () => {
    const app = await startApp();
    const [client, other] = [await app.open('/?c=a,b'), await app.open('/?c=b')];
    await app.untilCount(2);
    const [before] = await publish(app, 'a');
    await client.take(1);

    backplane.lose(['a']);
    const [after] = await publish(app, 'b');

    expect(resetOf(await client.next())).toEqual({ reason: 'backplane', channels: ['a'], id: before });
    expect(idsOf(await client.take(1))).toEqual([after]);
    expect(idsOf(await other.take(1))).toEqual([after]);
    const [next] = await publish(app, 'a');
    expect(idsOf(await client.take(1))).toEqual([next]);
  });

  it('is told for each channel, however soon one loss follows another', async () => {
    const app = await startApp();
    const client = await app.open('/?c=a,b');
    await app.untilCount(1);
    await publish(app, 'a');
    await client.take(1);

    for (let turns = 0; turns < 5; turns++) {
      const told: string[] = [];
      backplane.lose(['a']);
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
      backplane.lose(['b']);
      while (told.length < 2) told.push(...resetOf(await client.next()).channels);
      expect([turns, ...told.sort()]).toEqual([turns, 'a', 'b']);
    }
  });

  it('is told to who comes back in that moment', async () => {
    const app = await startApp();
    const [cursor, missed] = await publish(app, 'a', 2);
    const engine = new Gate();
    backplane.beforeHistory = () => engine.opened;
    const client = await app.open('/?c=a,b', from(cursor!));
    await app.untilCount(1);

    backplane.lose(['b']);
    engine.open();
    const events = await client.take(2);

    expect(resetOf(events.find(({ type }) => type === 'sse:reset')).channels).toEqual(['b']);
    expect(idsOf(events)).toContain(missed);
  });

  it.each(['live', 'reading the history', 'at its state'])(
    'of a log that begins anew is told for all channels to a stream that is %s',
    async (phase) => {
      const app = await startApp();
      const [cursor] = await publish(app, 'a', 2);
      const engine = new Gate();
      if (phase === 'reading the history') backplane.beforeHistory = () => engine.opened;
      const client = phase === 'live' ? await app.open('/?c=a,b') : await app.open('/?c=a,b', from(cursor!));
      await app.untilCount(1);
      if (phase !== 'reading the history') await settled();

      backplane.beginAnew({ epoch: 'anew', sequence: 50 });
      engine.open();
      const events = [];
      do events.push(await client.next());
      while (events.at(-1)!.type !== 'sse:reset');
      const reset = resetOf(events.at(-1));
      const id = backplane.deliver('b', 'x');

      expect(reset).toEqual({ reason: 'epoch', channels: ['$all', 'a', 'b'], id: 'anew-50' });
      expect(idsOf(await client.take(1))).toEqual([id]);
    },
  );

  it('of a log that begins anew with lower numbers is told, too, and what follows is delivered', async () => {
    const app = await startApp();
    await publish(app, 'a', 20);
    const client = await app.open('/?c=a');
    await app.untilCount(1);

    backplane.beginAnew({ epoch: 'anew', sequence: 2 });
    expect(resetOf(await client.next())).toMatchObject({ reason: 'epoch', id: 'anew-2' });
    const ids = [1, 2, 3].map(() => backplane.deliver('a', 'x'));

    expect(idsOf(await client.take(3))).toEqual(ids);
  });
});

describe('catching up', () => {
  it('goes on although something ephemeral comes in each turn of the event loop', async () => {
    const app = await startApp();
    const [cursor, ...missed] = await publish(app, 'room', 1_000);
    const client = await app.open('/?c=room', from(cursor!));

    for (let turn = 0; turn < 300 && client.lastEventId !== missed.at(-1); turn++) {
      await app.broadcaster.toChannel('room', { type: 'typing', data: turn }, { ephemeral: true });
      await new Promise((resolve) => setImmediate(resolve));
    }

    expect(client.lastEventId).toBe(missed.at(-1));
  });

  it('of a channel that it comes to meanwhile begins when it is there', async () => {
    const app = await startApp();
    const [cursor, ...missed] = await publish(app, 'room', 3);
    const before = await publish(app, 'later', 2);
    const engine = new Gate();
    backplane.beforeHistory = () => engine.opened;
    const client = await app.open('/?c=room', from(cursor!));
    await app.untilCount(1);
    const [connection] = app.connections.all();

    await connection!.subscribe('later');
    const after = await publish(app, 'later', 2);
    engine.open();

    expect(before).toHaveLength(2);
    expect(idsOf(await client.take(4))).toEqual([...missed, ...after]);
  });
});
