import { beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Query } from '@nestjs/common';
import { channels, type SseIdentity, SseStream } from 'nestjs-event-stream';
import { NEVER } from 'rxjs';
import { as, settled, useApplications } from '../harness/application.js';
import { FakeBackplane } from '../harness/fake-backplane.js';
import { Gate } from '../harness/gate.js';

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

const start = useApplications();

describe('a permission that is taken away while a rule is asked', () => {
  /** The first question about the channel of this name waits; by then its answer is known. */
  let slow: string | undefined;
  let asked: Gate;
  let answer: Gate;
  beforeEach(() => {
    slow = undefined;
    asked = new Gate();
    answer = new Gate();
  });

  async function authorize(identity: SseIdentity | undefined, channel: string): Promise<boolean> {
    const may = channel !== 'secret' || (identity?.permissions.includes('admin') ?? false);
    if (channel === slow) {
      slow = undefined;
      asked.open();
      await answer.opened;
    }
    return may;
  }
  const startAsked = () => start({ controllers: [StreamsController], options: { channels: { authorize } } });
  const nobody = { userId: 'anna', permissions: [] };

  it('keeps a subscription at run time from being made', async () => {
    const app = await startAsked();
    await app.open('/channels?c=open', as('anna', 'admin'));
    await app.untilCount(1);
    slow = 'secret';
    const subscribing = app.broadcaster.subscribe({ user: 'anna' }, 'secret');
    await asked.opened;

    await app.broadcaster.updateIdentity('anna', nobody);
    answer.open();
    await subscribing;

    expect([...app.connections.all()[0]!.channels].sort()).toEqual(['$all', '$user.anna', 'open']);
  });

  it.each(['secret', 'open'])('keeps a stream from opening, whichever question is under way: %s', async (question) => {
    const app = await startAsked();
    slow = question;
    const opening = app.open('/channels?c=secret,open', as('anna', 'admin'));
    await asked.opened;

    await app.broadcaster.updateIdentity('anna', nobody);
    answer.open();

    expect((await opening).status).toBe(403);
    expect(app.connections.stats()).toMatchObject({ active: 0, channels: 0 });
  });

  it('takes it away though the new identity is one of several under way', async () => {
    const app = await startAsked();
    await app.open('/channels?c=secret,open', as('anna', 'admin'));
    await app.untilCount(1);
    slow = 'open';
    const first = app.broadcaster.updateIdentity('anna', { userId: 'anna', permissions: ['admin', 'more'] });
    await asked.opened;

    const second = app.broadcaster.updateIdentity('anna', nobody);
    answer.open();
    await Promise.all([first, second]);

    expect([...app.connections.all()[0]!.channels].sort()).toEqual(['$all', '$user.anna', 'open']);
  });
});

describe('two new identities at once', () => {
  it.each([['in this process'], ['over a backplane that takes its time']])(
    'leave the connection with the audiences of the second: %s',
    async (where) => {
      const backplane = where === 'in this process' ? undefined : new FakeBackplane();
      const app = await start({ controllers: [StreamsController], options: { backplane } });
      const client = await app.open('/channels?c=open', as('anna', 'old'));
      await app.untilCount(1);
      if (backplane) backplane.beforeSubscribe = backplane.beforeUnsubscribe = () => settled();

      await Promise.all(
        [['admin'], [], ['admin', 'editor'], ['editor']].map((permissions) =>
          app.broadcaster.updateIdentity('anna', { userId: 'anna', permissions }),
        ),
      );
      await app.broadcaster.toPermission('admin', { data: 'for admins' });
      await app.broadcaster.toPermission('old', { data: 'for who she was' });
      await app.broadcaster.toPermission('editor', { data: 'for editors' });

      const [connection] = app.connections.all();
      expect(connection!.permissions).toEqual(['editor']);
      expect([...connection!.channels].sort()).toEqual(['$all', '$perm.editor', '$user.anna', 'open']);
      expect((await client.next()).data).toBe('for editors');
      if (backplane) expect([...backplane.subscribed].sort()).toEqual([...connection!.channels].sort());
    },
  );
});

describe('a rule that fails by what can not be made into text', () => {
  it('is a no, and hurts nobody else', async () => {
    const authorize = (_identity: SseIdentity | undefined, channel: string): boolean => {
      if (channel === 'odd') throw Object.create(null);
      return true;
    };
    const app = await start({ controllers: [StreamsController], options: { channels: { authorize } } });
    const client = await app.open('/silent', as('anna'));
    await app.untilCount(1);

    await app.broadcaster.subscribe({ user: 'anna' }, 'odd');
    await app.broadcaster.subscribe({ user: 'anna' }, 'even');
    await app.broadcaster.updateIdentity('anna', { userId: 'anna', permissions: [] });
    await app.broadcaster.toChannel('even', { data: 'still here' });

    expect((await client.next()).data).toBe('still here');
    expect([...app.connections.all()[0]!.channels]).toEqual(['even']);
  });
});
