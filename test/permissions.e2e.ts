import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable, UseGuards } from '@nestjs/common';
import { type SseIdentity, type SseModuleOptions, SsePermissions, SsePermissionsGuard } from 'nestjs-event-stream';
import { type SseTestClient } from 'nestjs-event-stream/testing';
import { type BroadcasterCall } from './fixture/control.js';
import { as, useApplications } from './harness/application.js';
import { cursorOf, from } from './harness/cursor.js';
import { ONE_OF_EACH, ONE_OF_EACH_NEST } from './harness/matrix.js';
import { RedisServer } from './harness/redis-server.js';
import { TestServer } from './harness/test-server.js';
import { unique, useServer } from './harness/use-server.js';

// E1.
describe.each(ONE_OF_EACH)('the guard of permissions ($name)', (target) => {
  const server = useServer(target);

  const open = (path: string, user?: string, ...permissions: string[]) =>
    server.open(path, { headers: { 'x-user': user, 'x-permissions': permissions.join(',') } });

  it('lets everybody pass where no permission is named', async () => {
    expect((await open('/guarded/open')).status).toBe(200);
  });

  it.each([[['sse:read']], [['sse:write']], [['other', 'sse:write']], [['admin']]])(
    'lets pass who holds one of those that are named, or is an administrator: %j',
    async (permissions) => {
      expect((await open('/guarded/permitted', unique('user'), ...permissions)).status).toBe(200);
    },
  );

  it.each([[[]], [['other']], [['sse:rea']], [['SSE:READ']], [['sse:read sse:write']], [['administrator']], [['*']]])(
    'refuses with a plain 403 who holds none of them, and the log says so: %j',
    async (permissions) => {
      const [user, key] = [unique('user'), unique()];

      const client = await open(`/guarded/permitted?key=${key}`, user, ...permissions);

      expect(client.status).toBe(403);
      expect(JSON.parse(await client.text())).toEqual({ statusCode: 403, message: 'Forbidden' });
      await server.printed(`the user ${user} holds none of sse:read, sse:write`);
      expect(server.notesOf(key, 'ran')).toEqual([]);
    },
  );

  it('asks those who they are of whom it is not known: 401', async () => {
    const key = unique();

    const client = await open(`/guarded/permitted?key=${key}`);

    expect(client.status).toBe(401);
    expect(JSON.parse(await client.text())).toEqual({ statusCode: 401, message: 'Unauthorized' });
    await server.printed('method=GET path=/guarded/permitted address=127.0.0.1 reason="it is not known who asks"');
    expect(server.notesOf(key, 'ran')).toEqual([]);
  });

  it('finds what stands above @SseStream() and what stands below it', async () => {
    expect((await open('/guarded/permitted-above', unique('user'))).status).toBe(403);
    expect((await open('/guarded/permitted-above', unique('user'), 'sse:read')).status).toBe(200);
  });

  it('takes those of the class, unless the method names its own', async () => {
    const statusOf = async (path: string, permission: string) => (await open(path, unique('user'), permission)).status;

    expect(await statusOf('/guarded-class/inherited', 'of:class')).toBe(200);
    expect(await statusOf('/guarded-class/inherited', 'of:method')).toBe(403);
    expect(await statusOf('/guarded-class/own', 'of:method')).toBe(200);
    expect(await statusOf('/guarded-class/own', 'of:class')).toBe(403);
  });

  it('keeps control characters of a user id out of the log', async () => {
    const user = unique('user');

    expect((await server.open(`/guarded/permitted?user=${user}%1b[31m%0aRefused`)).status).toBe(403);

    await server.printed(`the user ${user}\uFFFD[31m\uFFFDRefused holds none of`);
  });
});

describe('who holds a permission', () => {
  const start = useApplications();

  @UseGuards(SsePermissionsGuard)
  @Controller()
  class PlainController {
    @SsePermissions('sse:read')
    @Get()
    plain() {}
  }

  async function statusOf(permission: string, options: SseModuleOptions): Promise<number> {
    const app = await start({ controllers: [PlainController], options });
    return (await app.open('/', as('anna', permission))).status;
  }

  it.each<[string, string | null | undefined, number]>([
    ['admin', undefined, 200],
    ['admin', 'root', 403],
    ['root', 'root', 200],
    ['admin', null, 403],
    ['null', null, 403],
    ['sse:read', null, 200],
  ])('%s, where the administrator is %s', async (permission, admin, status) => {
    expect(await statusOf(permission, { permissions: { admin } })).toBe(status);
  });

  it('is known by the option identify, as for streams', async () => {
    const identify = async (): Promise<SseIdentity> => ({ userId: 'anna', permissions: ['sse:read'] });

    expect(await statusOf('other', { identify })).toBe(200);
    expect(await statusOf('sse:read', { identify: () => ({ userId: 'anna', permissions: [] }) })).toBe(403);
    expect(await statusOf('sse:read', { identify: () => undefined })).toBe(401);
  });

  it('is the affair of an application that extends the guard', async () => {
    @Injectable()
    class PrefixGuard extends SsePermissionsGuard {
      protected override isAllowed(identity: SseIdentity, wanted: readonly string[]): boolean {
        const holdsAll = wanted.some((name) => identity.permissions.includes(`${name.split(':', 1)[0]}:*`));
        return holdsAll || super.isAllowed(identity, wanted);
      }
    }
    @UseGuards(PrefixGuard)
    @Controller()
    class PrefixController {
      @SsePermissions('sse:read')
      @Get()
      plain() {}
    }
    const app = await start({ controllers: [PrefixController] });
    const statuses: number[] = [];
    for (const held of ['sse:*', 'sse:read', 'news:*']) {
      statuses.push((await app.open('/', as('anna', held))).status);
    }

    expect(statuses).toEqual([200, 200, 403]);
  });

  it('is not asked by a decorator that names none', () => {
    expect(() => (SsePermissions as (...names: string[]) => unknown)()).toThrow(/needs the name of a permission/);
  });
});

// E3: channels are authorised at open, at every later subscribe, at replay, and anew when the identity changes.
describe.each(ONE_OF_EACH_NEST)('a channel that is not open to everybody ($name)', (target) => {
  const server = useServer(target);
  const publish = (...call: BroadcasterCall) => server.call('broadcast', ...call) as Promise<{ id: string }>;

  it.each(['/channels?', '/history/last?last=9&', '/history/since?id=0-0&', '/history/state?key=x&'])(
    'is refused at open, its past with it: %s',
    async (path) => {
      const secret = unique('secret.');
      await publish('toChannel', secret, { data: 'psst' });

      const client = await server.open(`${path}c=${unique('room')}&c=${secret}&user=${unique('user')}`);

      expect(client.status).toBe(403);
      expect(await client.text()).not.toContain('psst');
    },
  );

  it.each(['header', 'query'])(
    'is not replayed to who may not listen any more, by the cursor in a %s',
    async (where) => {
      const [secret, user] = [unique('secret.'), unique('user')];
      const path = `/channels?c=${secret}&user=${user}`;
      const first = await server.open(`${path}&permissions=secrets`);
      const cursor = await cursorOf(first);
      await first.close();
      await publish('toChannel', secret, { data: 'psst' });

      const back = await (where === 'header'
        ? server.open(path, from(cursor))
        : server.open(`${path}&lastEventId=${cursor}`));
      const allowed = await server.open(`${path}&permissions=secrets`, from(cursor));

      expect(back.status).toBe(403);
      expect(await back.text()).not.toContain('psst');
      expect((await allowed.next()).data).toBe('psst');
    },
  );

  it('is refused to a user whom the application wants to take there', async () => {
    const [user, room] = [unique('user'), unique('room')];
    const client = await server.open(`/channels?c=${room}&user=${user}`);

    await publish('subscribe', { user }, 'secret.plans');
    await publish('toChannel', 'secret.plans', { data: 'psst' });
    await publish('toChannel', room, { data: 'for all' });

    expect((await client.next()).data).toBe('for all');
    expect(await server.call('counts', user, 'secret.plans')).toEqual({ user: 1, channel: 0 });
  });

  it('is not replayed after it was lost at run time: neither itself nor the audience of the permission', async () => {
    const [user, room, secret] = [unique('user'), unique('room'), unique('secret.')];
    const first = await server.open(`/channels?c=${room}&c=${secret}&user=${user}&permissions=secrets`);
    const cursor = await cursorOf(first);
    await publish('updateIdentity', user, { userId: user, permissions: [] });
    await publish('toChannel', secret, { data: 'psst' });
    await publish('toPermission', 'secrets', { data: 'psst' });
    await publish('toChannel', room, { data: 'for all' });
    expect((await first.next()).data).toBe('for all');
    await first.close();

    const back = await server.open(`/channels?c=${room}&user=${user}`, from(cursor));

    expect((await back.next()).data).toBe('for all');
  });
});

describe('a permission that is taken away on another node', () => {
  let redis: RedisServer;
  let nodes: TestServer[] = [];
  beforeAll(async () => {
    redis = await RedisServer.start();
    nodes = await Promise.all(
      ONE_OF_EACH_NEST.map((target) => TestServer.start(target, { redis: { url: redis.url } })),
    );
  });
  afterEach(() => Promise.all(nodes.map((node) => node.closeClients())));
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.stop()));
    await redis.stop();
  });

  const publish = (...call: BroadcasterCall) => nodes[1]!.call('broadcast', ...call);
  const channelsOf = async (user: string) => {
    const [connection] = (await nodes[0]!.call('byUser', user)) as { channels: string[] }[];
    return connection!.channels.toSorted();
  };

  it('takes its audience and its channels along, and gives the new ones', async () => {
    const { user, room, secret, client } = await openWithSecrets();

    await publish('updateIdentity', user, { userId: user, permissions: ['press'] });
    await client.untilChannels('$all', '$perm.press', `$user.${user}`, room);
    await publish('toPermission', 'secrets', { data: 'psst' });
    await publish('toChannel', secret, { data: 'psst' });

    const heard = await client.nextOf(() => publish('toPermission', 'press', { data: 'for the press' }));
    expect(heard.data).toBe('for the press');
  });

  it('keeps him from being taken to its channels', async () => {
    const { user, room, client } = await openWithSecrets();
    const other = unique('secret.');

    await publish('updateIdentity', user, { userId: user, permissions: [] });
    await publish('subscribe', { user }, other);
    await publish('subscribe', { user }, `${room}.more`);
    await client.untilChannels('$all', `$user.${user}`, room, `${room}.more`);
    await publish('toChannel', other, { data: 'psst' });

    const heard = await client.nextOf(() => publish('toChannel', `${room}.more`, { data: 'for all' }));
    expect(heard.data).toBe('for all');
  });

  it('keeps what he missed from him, wherever he comes back', async () => {
    const { user, room, secret, client } = await openWithSecrets();
    const cursor = await cursorOf(client.stream);
    await client.stream.close();
    await publish('toChannel', secret, { data: 'psst' });
    await publish('toPermission', 'secrets', { data: 'psst' });
    await publish('toChannel', room, { data: 'for all' });

    for (const node of nodes) {
      const both = await node.open(`/channels?c=${room}&c=${secret}&user=${user}`, from(cursor));
      const own = await node.open(`/channels?c=${room}&user=${user}`, from(cursor));
      expect(both.status).toBe(403);
      expect((await own.next()).data).toBe('for all');
    }
  });

  /** A stream on the first node, of a user who holds the permission `secrets`. */
  async function openWithSecrets() {
    const [user, room, secret] = [unique('user'), unique('room'), unique('secret.')];
    const stream: SseTestClient = await nodes[0]!.open(
      `/channels?c=${room}&c=${secret}&user=${user}&permissions=secrets`,
    );
    await nodes[0]!.noted('opened$', user);
    /** Waits until the stream listens to exactly these: commands of another node take their time. */
    const untilChannels = async (...names: string[]) => {
      const wanted = names.toSorted().join();
      while ((await channelsOf(user)).join() !== wanted) await nodes[0]!.call('settle');
    };
    /** The next event, published until it comes: a channel joined at run time is heard from when its node has subscribed to it. */
    const nextOf = async (publishOnce: () => Promise<unknown>) => {
      const next = stream.next();
      const heard = next.then(() => true);
      const notYet = () => publishOnce().then(() => false);
      while (!(await Promise.race([heard, notYet()])));
      return next;
    };
    return { user, room, secret, client: { stream, untilChannels, nextOf } };
  }
});
