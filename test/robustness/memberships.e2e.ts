import { beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Query } from '@nestjs/common';
import { channels, SseStream } from 'nestjs-event-stream';
import { filter, NEVER } from 'rxjs';
import { type Application, as, settled, useApplications } from '../harness/application.js';
import { FakeBackplane } from '../harness/fake-backplane.js';
import { Gate, microtasks } from '../harness/gate.js';

@Controller()
class StreamsController {
  @SseStream('channels')
  channels(@Query('c') names: string) {
    return channels(...names.split(','));
  }

  @SseStream('silent')
  silent() {
    return NEVER;
  }
}

let backplane: FakeBackplane;
beforeEach(() => {
  backplane = new FakeBackplane();
});

const start = useApplications();
const startWith = (options: object = {}) =>
  start({ controllers: [StreamsController], options: { backplane, ...options } });
const joinsOf = ({ connections }: Application, channel: string) =>
  connections.membership$.pipe(filter((change) => change.type === 'join' && change.channel === channel));

describe('a connection that ends as it joins a channel', () => {
  it('is in none of the others afterwards, and the backplane is subscribed to none', async () => {
    const app = await startWith();
    joinsOf(app, 'a').subscribe(({ connection }) => connection.close());

    const client = await app.open('/channels?c=a,b,c', as('anna'));
    await client.untilClosed();
    await settled();

    for (const channel of ['a', 'b', 'c']) {
      expect(app.connections.byChannel(channel)).toEqual([]);
      expect(await app.presence.members(channel)).toEqual([]);
    }
    expect(app.connections.stats()).toMatchObject({ active: 0, users: 0, channels: 0 });
    expect([...backplane.subscribed]).toEqual([]);
  });

  it('is in none afterwards when that was a subscription at run time', async () => {
    const app = await startWith();
    const client = await app.open('/silent', as('anna'));
    await app.untilCount(1);
    joinsOf(app, 'a').subscribe(({ connection }) => connection.close());

    await app.broadcaster.subscribe({ user: 'anna' }, 'a');
    await client.untilClosed();
    await settled();

    expect(app.connections.stats()).toMatchObject({ active: 0, channels: 0 });
    expect([...backplane.subscribed]).toEqual([]);
  });

  it('or leaves it again leaves the backplane as it was', async () => {
    const app = await startWith();
    await app.open('/channels?c=b');
    await app.untilCount(1);
    const left: Promise<void>[] = [];
    joinsOf(app, 'a').subscribe(({ connection }) => left.push(connection.unsubscribe('a')));

    await app.connections.all()[0]!.subscribe('a');
    await Promise.all(left);
    await settled();

    expect(app.connections.byChannel('a')).toEqual([]);
    expect([...backplane.subscribed].sort()).toEqual(['$all', 'b']);
  });
});

describe('a close hook that ends a subscription', () => {
  it('does not have a user leave who is still there with another tab', async () => {
    const app = await startWith({ presence: { grace: 0 } });
    const changes: string[] = [];
    app.presence.changes$('a').subscribe(({ type, userId }) => changes.push(`${userId} ${type}`));
    app.connections.closed$.subscribe(({ connection }) => void connection.unsubscribe('a'));
    const [one, other] = [await app.open('/channels?c=a', as('anna')), await app.open('/channels?c=a', as('anna'))];
    await app.untilCount(2);

    await one.close();
    await app.untilCount(1);
    await settled();
    expect(changes).toEqual(['anna join']);
    expect(await app.presence.members('a')).toMatchObject([{ userId: 'anna', connections: 1 }]);
    await other.close();
    await app.untilCount(0);
    await settled();

    expect(changes).toEqual(['anna join', 'anna leave']);
  });
});

describe('a backplane that fails to subscribe', () => {
  it('leaves nobody with a promise that is not kept, whoever joins at whatever moment', async () => {
    const app = await startWith();
    await app.open('/silent');
    await app.open('/silent');
    await app.untilCount(2);
    const [first, second] = app.connections.all();

    for (let hops = 0; hops < 20; hops++) {
      const channel = `room.${hops}`;
      const failing = new Gate();
      backplane.beforeSubscribe = () => {
        backplane.beforeSubscribe = () => undefined;
        return failing.opened;
      };
      const tried = first!.subscribe(channel);
      failing.fail(new Error('The engine is away'));
      await microtasks(hops);
      const joined = second!.subscribe(channel);
      const [, outcome] = await Promise.allSettled([tried, joined]);
      await settled();

      const listens = app.connections.byChannel(channel).includes(second!);
      expect([hops, listens]).toEqual([hops, outcome.status === 'fulfilled']);
      expect([hops, backplane.subscribed.has(channel)]).toEqual([hops, app.connections.countByChannel(channel) > 0]);
    }
  });

  it.each(['works', 'fails'])('keeps a second subscription waiting for the first, which then %s', async (outcome) => {
    const app = await startWith();
    await app.open('/silent');
    await app.untilCount(1);
    const [connection] = app.connections.all();
    const engine = new Gate();
    backplane.beforeSubscribe = () => engine.opened;
    let told = false;

    const first = connection!.subscribe('a');
    first.catch(() => undefined);
    await settled();
    const second = connection!.subscribe('a').finally(() => (told = true));
    const both = Promise.allSettled([first, second]);
    await settled();
    expect(told).toBe(false);
    if (outcome === 'works') engine.open();
    else engine.fail(new Error('The engine is away'));

    expect((await both).map(({ status }) => status)).toEqual(
      Array(2).fill(outcome === 'works' ? 'fulfilled' : 'rejected'),
    );
    expect(connection!.channels.has('a')).toBe(outcome === 'works');
    expect(backplane.subscribed.has('a')).toBe(outcome === 'works');
  });
});

describe('a backplane that fails to unsubscribe', () => {
  const away = () => Promise.reject(new Error('The engine is away'));

  it('keeps nobody on what a new identity has no right to', async () => {
    const authorize = (identity: { permissions: readonly string[] } | undefined, channel: string) =>
      channel === 'open' || (identity?.permissions.includes('one') ?? false);
    const app = await startWith({ channels: { authorize } });
    const client = await app.open('/channels?c=open,secret', as('anna', 'one', 'two'));
    await app.untilCount(1);
    backplane.beforeUnsubscribe = away;

    await app.broadcaster.updateIdentity('anna', { userId: 'anna', permissions: ['two', 'three'] });

    const now = ['$all', '$perm.three', '$perm.two', '$user.anna', 'open'];
    expect([...app.connections.all()[0]!.channels].sort()).toEqual(now);
    expect(app.connections.countByChannel('secret')).toBe(0);
    await app.broadcaster.toPermission('one', { data: 'not for her' });
    await app.broadcaster.toChannel('open', { data: 'for her' });
    expect((await client.next()).data).toBe('for her');
  });

  it('is asked again, so that it is not subscribed for ever to what nobody listens to', async () => {
    const app = await startWith();
    const first = await app.open('/channels?c=a', as('anna', 'one'));
    await app.untilCount(1);
    backplane.beforeUnsubscribe = away;
    await first.close();
    await app.untilCount(0);
    await settled();
    expect(backplane.subscribed).toContain('a');

    backplane.beforeUnsubscribe = () => undefined;
    const second = await app.open('/channels?c=b', as('ben'));
    await app.untilCount(1);
    await second.close();
    await app.untilCount(0);
    await settled();

    expect([...backplane.subscribed]).toEqual([]);
  });
});
