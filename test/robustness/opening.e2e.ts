import { beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Injectable, Param } from '@nestjs/common';
import {
  channels,
  CurrentConnection,
  OnSseOpen,
  SseBroadcaster,
  type SseConnection,
  SseStream,
} from 'nestjs-event-stream';
import { NEVER } from 'rxjs';
import { type Application, as, useApplications } from '../harness/application.js';
import { Gate, microtasks } from '../harness/gate.js';

/** More microtasks than there are between the end of a handler and the opening of its stream. */
const HOPS = Array.from({ length: 25 }, (_, hops) => hops);

let reached: Gate;
let goOn: Gate;
let opening: SseConnection;
beforeEach(() => {
  reached = new Gate();
  goOn = new Gate();
});

async function held(connection: SseConnection): Promise<void> {
  opening = connection;
  reached.open();
  await goOn.opened;
}

@Controller()
class StreamsController {
  constructor(private readonly broadcaster: SseBroadcaster) {}

  @SseStream('held')
  async held(@CurrentConnection() connection: SseConnection) {
    await held(connection);
    return channels('room');
  }

  @SseStream('closed/:hops')
  closed(@Param('hops') hops: string, @CurrentConnection() connection: SseConnection) {
    void microtasks(Number(hops)).then(() => connection.close());
    return NEVER;
  }

  @SseStream('commands')
  async commands(@CurrentConnection() { id }: SseConnection) {
    await this.broadcaster.subscribe({ connection: id }, 'news');
    await this.broadcaster.toConnection(id, { data: 'for you' });
    await this.broadcaster.toChannel('news', { data: 'for all' });
    return NEVER;
  }

  @SseStream('with-id')
  withId(@CurrentConnection() connection: SseConnection) {
    connection.send({ id: 'mine', data: 1 });
    return channels('room');
  }

  @SseStream('raw', { format: 'raw' })
  raw(@CurrentConnection() connection: SseConnection) {
    for (let n = 0; n < 300; n++) connection.send({ data: `row ${n}` });
    return NEVER;
  }

  @SseStream('listening-early')
  async listeningEarly(@CurrentConnection() connection: SseConnection) {
    await connection.subscribe('room');
    await held(connection);
    return NEVER;
  }
}

describe('a connection that is closed while its stream opens', () => {
  const start = useApplications();

  it('ends for its client too, whichever moment it was', async () => {
    const app = await start({ controllers: [StreamsController] });

    for (const hops of HOPS) {
      const client = await app.open(`/closed/${hops}`);
      await client.untilClosed();
      expect([200, 403]).toContain(client.status);
    }
    expect(app.connections.stats()).toMatchObject({ active: 0, users: 0, channels: 0 });
  });
});

describe('a connection that is opening', () => {
  const start = useApplications();

  async function startHeld(user: string): Promise<{ app: Application; answer: ReturnType<Application['open']> }> {
    const app = await start({ controllers: [StreamsController] });
    const answer = app.open('/held', as(user, 'ok'));
    await reached.opened;
    return { app, answer };
  }

  it.each<[string, (app: Application) => unknown]>([
    ['of a user', ({ broadcaster }) => broadcaster.disconnect({ user: 'anna' })],
    ['by its id', ({ broadcaster }) => broadcaster.disconnect({ connection: opening.id })],
  ])('is reached by a disconnect %s: it does not open', async (_how, disconnect) => {
    const { app, answer } = await startHeld('anna');

    await disconnect(app);
    expect(opening.signal.aborted).toBe(true);
    goOn.open();

    expect((await answer).status).toBe(403);
    expect(app.connections.stats()).toMatchObject({ active: 0, opened: 0 });
  });

  it('is not reached by a disconnect of somebody else', async () => {
    const { app, answer } = await startHeld('anna');

    await app.broadcaster.disconnect({ user: 'ben' });
    goOn.open();

    expect((await answer).status).toBe(200);
  });

  it('opens with the identity that it was given meanwhile', async () => {
    const { app, answer } = await startHeld('anna');

    await app.broadcaster.updateIdentity('anna', { userId: 'anna', permissions: ['new'] });
    goOn.open();
    await answer;

    const [connection] = app.connections.byUser('anna');
    expect(connection!.permissions).toEqual(['new']);
    expect([...connection!.channels].sort()).toEqual(['$all', '$perm.new', '$user.anna', 'room']);
  });

  it('takes commands: what it is subscribed to and what it is sent comes when it opens', async () => {
    const app = await start({ controllers: [StreamsController] });

    const client = await app.open('/commands');

    expect((await client.take(2)).map(({ data }) => data)).toEqual(['for you', 'for all']);
    expect([...app.connections.all()[0]!.channels]).toEqual(['news']);
  });

  it('shows in no count', async () => {
    const { app } = await startHeld('anna');

    expect(app.connections.stats()).toMatchObject({ active: 0, opened: 0, users: 0 });
    expect(app.connections.byUser('anna')).toEqual([]);
    goOn.open();
  });
});

describe('what is sent before a stream opens', () => {
  const start = useApplications();

  @Injectable()
  class SnapshotHook {
    @OnSseOpen()
    send(connection: SseConnection) {
      if (connection.userId !== 'reader') return;
      for (let n = 0; n < 300; n++) connection.send({ data: `row ${n}` });
    }
  }

  it.each([
    ['an open hook', '/held', 'reader'],
    ['the handler of a raw stream', '/raw', 'other'],
  ])('arrives in full, beyond the bound of the queue: by %s', async (_by, path, user) => {
    const app = await start({ controllers: [StreamsController], providers: [SnapshotHook] });
    goOn.open();

    const client = await app.open(path, as(user));
    const rows = await client.take(300);

    expect(rows.map(({ data }) => data)).toEqual(Array.from({ length: 300 }, (_, n) => `row ${n}`));
    expect(app.connections.stats().dropped).toBe(0);
  });

  it('must have no id on a stream of channels', async () => {
    const app = await start({ controllers: [StreamsController] });

    const client = await app.open('/with-id');

    expect(client.status).toBe(500);
    expect(app.connections.stats()).toMatchObject({ active: 0, opened: 0 });
  });

  it('by a channel that it listens to keeps to the bounds of the queue', async () => {
    const queue = { maxEvents: 10, maxBytes: 100_000 };
    const app = await start({ controllers: [StreamsController], options: { queue } });
    const answer = app.open('/listening-early');
    await reached.opened;

    for (let n = 0; n < 200; n++) await app.broadcaster.toChannel('room', { data: 'x'.repeat(10_000) });
    expect(opening.stats.queued).toBeLessThanOrEqual(10);
    expect(app.connections.stats().queuedBytes).toBeLessThanOrEqual(110_000);
    goOn.open();

    const [first] = await (await answer).take(1);

    expect(first!.type).toBe('message');
    expect(opening.stats.dropped).toBe(app.connections.stats().dropped);
  });
});
