import { describe, expect, it } from '@jest/globals';
import { type Published } from 'nestjs-event-stream';
import { type SseTestClient } from 'nestjs-event-stream/testing';
import { type BroadcasterCall } from './fixture/control.js';
import { cursorOf, epochOf, from, idsOf, resetOf, sequenceOf } from './harness/cursor.js';
import { ONE_OF_EACH, ONE_OF_EACH_NEST } from './harness/matrix.js';
import { unique, useServer } from './harness/use-server.js';

const dataOf = (events: readonly { data: string }[]) => events.map(({ data }) => data);
const pathOf = (rooms: readonly string[], user?: string) =>
  `/channels?${rooms.map((room) => `c=${room}`).join('&')}${user === undefined ? '' : `&user=${user}`}`;

// D1, and backplane.md, "Ids and the invariant".
describe.each(ONE_OF_EACH)('a client that comes back ($name)', (target) => {
  const server = useServer(target);

  it('has a cursor before its first event: its first bytes are the retry and where live delivery starts', async () => {
    const client = await server.open(pathOf([unique('room')]));

    const cursor = await cursorOf(client);
    await client.close();

    expect(await client.text()).toBe(`retry: 3000\n\nid: ${cursor}\n\n`);
    expect(cursor).toMatch(/^[0-9a-z]+-\d+$/);
    expect(client.retry).toBe(3_000);
  });

  it('misses nothing, though it never got an event', async () => {
    const room = unique('room');
    const first = await server.open(pathOf([room]));
    const cursor = await cursorOf(first);
    await first.close();
    const missed = await server.call('burst', room, 3);

    const client = await server.open(pathOf([room]), from(cursor));
    const [live] = await server.call('burst', room, 1);

    expect(idsOf(await client.take(4))).toEqual(idsOf([...missed, live!]));
    await expectSilence(client, room);
  });

  it('misses nothing of several channels and of its audiences, in the order of the ids, each once', async () => {
    const [a, b, user, permission] = [unique('a'), unique('b'), unique('user'), unique('perm')];
    const path = `${pathOf([a, b], user)}&permissions=${permission}`;
    const first = await server.open(path);
    const cursor = await cursorOf(first);
    await first.close();

    const published = await publishAll([
      ['toChannel', a, { data: '1' }],
      ['toUser', user, { data: '2' }],
      ['toChannel', b, { data: '3' }],
      ['toChannel', unique('elsewhere'), { data: 'not for it' }],
      ['broadcast', { data: '4' }],
      ['toPermission', permission, { data: '5' }],
      ['toChannel', a, { data: '6' }],
    ]);
    const client = await server.open(path, from(cursor));

    const events = await client.take(6);
    expect(dataOf(events)).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(idsOf(events)).toEqual(idsOf(published.filter((_, index) => index !== 3)));
    await expectSilence(client, a);
  });

  it('finds no seam between what it missed and what is published meanwhile', async () => {
    const rooms = [unique('a'), unique('b'), unique('c')];
    const first = await server.open(pathOf(rooms));
    const got = [await cursorOf(first)];
    await first.close();
    const published: Promise<Published[]>[] = [];
    const publish = () => {
      for (const room of rooms) published.push(server.call('burst', room, 3));
    };

    for (let round = 0; round < 10; round++) {
      publish();
      const opening = server.open(pathOf(rooms), from(got.at(-1)!));
      publish();
      const client = await opening;
      publish();
      got.push(...idsOf(await client.take(5)).map(String));
      await client.close();
    }
    const all = (await Promise.all(published)).flat().sort((one, other) => sequenceOf(one.id) - sequenceOf(other.id));
    const last = await server.open(pathOf(rooms), from(got.at(-1)!));
    got.push(...idsOf(await last.take(all.length + 1 - got.length)).map(String));

    expect(got.slice(1)).toEqual(idsOf(all));
    await expectSilence(last, rooms[0]!);
  });

  it('says where it stands by the query, too; a header goes before that', async () => {
    const room = unique('room');
    const [one, two, three] = await server.call('burst', room, 3);
    const path = (query: string) => `${pathOf([room])}&${query}`;

    const byQuery = await server.open(path(`lastEventId=${one!.id}`));
    const byHeader = await server.open(path(`lastEventId=${one!.id}`), from(two!.id!));
    const byPost = await server.open(`/history/post?c=${room}&lastEventId=${two!.id}`, { method: 'POST' });
    const byNothing = await server.open(path('lastEventId='));
    const byTooMuch = await server.open(path(`lastEventId=${one!.id}&lastEventId=${two!.id}`));

    expect(idsOf(await byQuery.take(2))).toEqual([two!.id, three!.id]);
    expect(idsOf(await byHeader.take(1))).toEqual([three!.id]);
    expect(idsOf(await byPost.take(1))).toEqual([three!.id]);
    for (const client of [byQuery, byHeader, byPost, byNothing, byTooMuch]) await expectSilence(client, room);
  });

  it('may come by any method', async () => {
    const room = unique('room');
    const [one, two] = await server.call('burst', room, 2);

    const client = await server.open(`/history/post?c=${room}`, { method: 'POST', ...from(one!.id!) });

    expect(idsOf(await client.take(1))).toEqual([two!.id]);
    await expectSilence(client, room);
  });

  it('is told to reset what it can not be given, by an event whose id is where it goes on', async () => {
    const [room, user] = [unique('room'), unique('user')];
    const [published] = await server.call('burst', room, 1);
    const channels = ['$all', `$user.${user}`, room].sort();

    for (const [id, reason] of [
      ['something else', 'unknown'],
      ['0123456789ab-1', 'epoch'],
      [`${epochOf(published!.id)}-9007199254740991`, 'ahead'],
    ] as const) {
      const client = await server.open(pathOf([room], user), from(id));
      const reset = resetOf(await client.next());
      expect(reset).toMatchObject({ reason, channels });
      expect(sequenceOf(reset.id)).toBeGreaterThanOrEqual(sequenceOf(published!.id));
      await client.close();
      // From there on it is a client like any other.
      const [next] = await server.call('burst', room, 1);
      const again = await server.open(pathOf([room], user), from(reset.id!));
      expect(idsOf(await again.take(1))).toEqual([next!.id]);
    }
  });

  it('to another tab has a cursor of its own', async () => {
    const [room, user] = [unique('room'), unique('user')];
    const [one, two, three] = await server.call('burst', room, 3);

    const tabs = await Promise.all([one, two].map((last) => server.open(pathOf([room], user), from(last!.id!))));

    expect(idsOf(await tabs[0]!.take(2))).toEqual([two!.id, three!.id]);
    expect(idsOf(await tabs[1]!.take(1))).toEqual([three!.id]);
  });

  it('gets nothing that excludes its user, and nothing ephemeral', async () => {
    const [room, user] = [unique('room'), unique('user')];
    const first = await server.open(pathOf([room], user));
    const cursor = await cursorOf(first);
    await first.close();

    await publishAll([
      ['toChannel', room, { data: 'not for him' }, { except: { users: [user] } }],
      ['toChannel', room, { data: 'typing' }, { ephemeral: true }],
      ['toChannel', room, { data: 'for all' }],
      ['toChannel', room, { data: 'nor this' }, { except: { users: [unique('user'), user] } }],
    ]);
    const client = await server.open(pathOf([room], user), from(cursor));
    const other = await server.open(pathOf([room], unique('user')), from(cursor));

    expect(dataOf(await client.take(1))).toEqual(['for all']);
    expect(dataOf(await other.take(3))).toEqual(['not for him', 'for all', 'nor this']);
    await expectSilence(client, room);
  });

  it('is not given what excluded the connection that it had before', async () => {
    const [room, user] = [unique('room'), unique('user')];
    const first = await server.open(pathOf([room], user));
    await cursorOf(first);
    const [connection] = (await server.call('byUser', user)) as { id: string }[];

    const [echo] = await publishAll([
      ['toChannel', room, { data: 'its own' }, { except: { connections: [connection!.id] } }],
    ]);
    // Excluded, it is told all the same how far it is.
    const cursor = await cursorOf(first, (id) => id === echo!.id);
    await first.close();
    const client = await server.open(pathOf([room], user), from(cursor));

    await expectSilence(client, room);
  });

  it('needs the right to what it missed when it comes back, not when it was published', async () => {
    const [room, secret, user] = [unique('room'), unique('secret.'), unique('user')];
    const path = (...rooms: string[]) => pathOf(rooms, user);
    const first = await server.open(`${path(room, secret)}&permissions=secrets`);
    const cursor = await cursorOf(first);
    await first.close();
    await publishAll([
      ['toChannel', secret, { data: 'psst' }],
      ['toPermission', 'secrets', { data: 'psst' }],
      ['toChannel', room, { data: 'for all' }],
    ]);

    const refused = await server.open(path(room, secret), from(cursor));
    const client = await server.open(path(room), from(cursor));

    expect(refused.status).toBe(403);
    expect(dataOf(await client.take(1))).toEqual(['for all']);
    await expectSilence(client, room);
  });

  it('after an end for good finds a 204 there, and what it missed elsewhere', async () => {
    const [room, user] = [unique('room'), unique('user')];
    const one = await server.open(pathOf([room], user));
    const two = await server.open(pathOf([room], user));
    const [seen] = await server.call('burst', room, 1);
    await one.next();
    const quiet = await server.open(pathOf([room], user));
    await cursorOf(quiet);

    await server.call('broadcast', 'disconnect', { user });
    for (const client of [one, two, quiet]) await client.untilClosed();
    const [missed] = await server.call('burst', room, 1);

    // The third never got an event: its cursor is the one that it was opened with.
    for (const { lastEventId } of [one, two, quiet]) {
      expect(lastEventId.startsWith(`${seen!.id}~end.kicked.`)).toBe(true);
      expect((await server.open(pathOf([room], user), from(lastEventId))).status).toBe(204);
      const elsewhere = await server.open(`/history/elsewhere?c=${room}&user=${user}`, from(lastEventId));
      expect(idsOf(await elsewhere.take(1))).toEqual([missed!.id]);
    }
  });

  it('keeps its cursor in the end mark, though it was sent nothing since it came back', async () => {
    const [room, user] = [unique('room'), unique('user')];
    const [one] = await server.call('burst', room, 1);
    const client = await server.open(pathOf([room], user), from(one!.id!));
    await server.noted('opened$', user);

    await server.call('broadcast', 'disconnect', { user });
    await client.untilClosed();

    const [cursor] = client.lastEventId.split('~');
    expect(sequenceOf(cursor)).toBeGreaterThanOrEqual(sequenceOf(one!.id));
  });

  it('to a raw stream is given what it missed, and nothing of ours', async () => {
    const room = unique('room');
    const [one, two] = await server.call('burst', room, 2);

    const fresh = await server.open(`/history/raw?c=${room}`);
    const client = await server.open(`/history/raw?c=${room}`, from(one!.id!));
    const lost = await server.open(`/history/raw?c=${room}`, from('something else'));
    expect(idsOf(await client.take(1))).toEqual([two!.id]);
    const [three] = await server.call('burst', room, 1);

    for (const stream of [fresh, client, lost]) {
      expect(idsOf(await stream.take(1))).toEqual([three!.id]);
      await stream.close();
      expect(await stream.text()).not.toContain('sse:');
    }
  });

  it('is answered a HEAD as always', async () => {
    const client = await server.open(pathOf([unique('room')]), { method: 'HEAD', ...from('0123456789ab-1') });

    expect(client.status).toBe(200);
    expect(await client.text()).toBe('');
  });

  async function publishAll(calls: BroadcasterCall[]): Promise<Published[]> {
    return (await server.call('broadcastAll', calls)) as Published[];
  }

  /** The next thing that this client hears is a probe sent after everything else. */
  async function expectSilence(client: SseTestClient, room: string): Promise<void> {
    await server.call('broadcast', 'toChannel', room, { type: 'probe' });
    await client.next({ type: 'probe' });
  }
});

describe.each(ONE_OF_EACH_NEST)('a Last-Event-ID of any bytes ($name)', (target) => {
  const server = useServer(target);

  const strange: [string, (epoch: string) => string][] = [
    ['long', () => 'x'.repeat(15_000)],
    ['long, and nearly one of ours', (epoch) => `${epoch}-${'1'.repeat(10_000)}`],
    ['of an object', () => '__proto__'],
    ['of another property', () => 'constructor'],
    ['of nothing', () => '-'],
    ['negative', (epoch) => `${epoch}--1`],
    ['with a sign', (epoch) => `${epoch}-+1`],
    ['with a leading zero', (epoch) => `${epoch}-01`],
    ['with a fraction', (epoch) => `${epoch}-1.5`],
    ['in hexadecimal', (epoch) => `${epoch}-0x1`],
    ['with an exponent', (epoch) => `${epoch}-1e3`],
    ['beyond all numbers', (epoch) => `${epoch}-99999999999999999999`],
    ['beyond the safe ones', (epoch) => `${epoch}-9007199254740992`],
    ['with blanks', (epoch) => `${epoch}-1 2`],
    ['of other digits', (epoch) => `${epoch}-१`],
    ['of an end mark that is none', (epoch) => `${epoch}~end`],
    ['of control characters', (epoch) => `${epoch}-1\r\nid: 7\n\n`],
    ['with a NUL', (epoch) => `${epoch}-1\0`],
    ['of half a character', () => '\ud800'],
  ];

  it.each(strange)('is none of ours: %s', async (_what, idOf) => {
    const room = unique('room');
    const [published] = await server.call('burst', room, 1);
    const id = idOf(epochOf(published!.id));

    const client = await server.open(`/channels?c=${room}&lastEventId=${encodeURIComponent(id.toWellFormed())}`);
    const reset = resetOf(await client.next());
    const [next] = await server.call('burst', room, 1);

    expect(reset).toMatchObject({ reason: 'unknown', channels: ['$all', room] });
    expect(idsOf(await client.take(1))).toEqual([next!.id]);
  });

  it.each(strange.filter(([what]) => !/control|NUL|half/.test(what)))('nor in the header: %s', async (_what, idOf) => {
    const room = unique('room');
    const [published] = await server.call('burst', room, 1);
    const id = Buffer.from(idOf(epochOf(published!.id))).toString('latin1');

    const client = await server.open(`/channels?c=${room}`, from(id));

    expect(resetOf(await client.next()).reason).toBe('unknown');
  });

  it('that is longer than a head may be is refused by the server', async () => {
    const client = await server.open(`/channels?c=${unique('room')}`, from('x'.repeat(20_000)));

    expect(client.status).toBe(431);
    expect((await server.open(`/channels?c=${unique('room')}`)).status).toBe(200);
  });

  it('of the beginning of the log is one of ours', async () => {
    const room = unique('room');
    const published = await server.call('burst', room, 2);

    const client = await server.open(`/channels?c=${room}`, from(`${epochOf(published[0]!.id)}-0`));

    expect(idsOf(await client.take(2))).toEqual(idsOf(published));
  });

  it.each([
    ['too long', 'x'.repeat(300)],
    ['of a control character', 'a\u0001b'],
    ['kept for audiences', '$all'],
  ])('with the name of a channel that is wrong is refused: %s', async (_what, name) => {
    const client = await server.open(`/channels?c=${encodeURIComponent(name)}`, from('0123456789ab-1'));

    expect(client.status).toBe(400);
  });
});

describe.each(ONE_OF_EACH_NEST)('a history that is short ($name)', (target) => {
  const server = useServer(target, { options: { history: { maxEvents: 8 } } });

  it('resets a client that it has not got everything for', async () => {
    const room = unique('room');
    const published = await server.call('burst', room, 20);

    const client = await server.open(pathOf([room]), from(published[5]!.id!));
    const whole = await server.open(pathOf([room]), from(published[11]!.id!));

    expect(resetOf(await client.next())).toEqual({ reason: 'history', channels: [room], id: published[19]!.id });
    expect(idsOf(await whole.take(8))).toEqual(idsOf(published.slice(12)));
    const [next] = await server.call('burst', room, 1);
    expect(idsOf(await client.take(1))).toEqual([next!.id]);
  });

  it('names the channels of which something is missing, and gives all that it has behind that', async () => {
    const [busy, quiet] = [unique('busy'), unique('quiet')];
    const cursor = await cursorOfOne([busy, quiet]);
    const published = await server.call('burst', busy, 20);
    const kept = await server.call('burst', quiet, 2);

    const client = await server.open(pathOf([busy, quiet]), from(cursor));
    const [reset, ...events] = await client.take(11);

    // Its id is where the channel is complete again: everything behind it follows.
    expect(resetOf(reset)).toEqual({ reason: 'history', channels: [busy], id: published[11]!.id });
    expect(idsOf(events)).toEqual(idsOf([...published.slice(12), ...kept]));
    const [next] = await server.call('burst', busy, 1);
    expect(idsOf(await client.take(1))).toEqual([next!.id]);
  });

  it('names a channel, too, whose events would come behind an id that says that the client has them', async () => {
    const [busy, quiet, silent] = [unique('busy'), unique('quiet'), unique('silent')];
    const cursor = await cursorOfOne([busy, quiet, silent]);
    await server.call('burst', quiet, 1);
    const published = await server.call('burst', busy, 20);
    const kept = await server.call('burst', quiet, 1);

    const client = await server.open(pathOf([busy, quiet, silent]), from(cursor));
    const [reset, ...events] = await client.take(10);

    expect(resetOf(reset)).toEqual({ reason: 'history', channels: [busy, quiet].sort(), id: published[11]!.id });
    expect(idsOf(events)).toEqual(idsOf([...published.slice(12), ...kept]));
  });

  it('says so once: cut after that, the client goes on from there', async () => {
    const [busy, quiet] = [unique('busy'), unique('quiet')];
    const cursor = await cursorOfOne([busy, quiet]);
    const published = await server.call('burst', busy, 20);
    const kept = await server.call('burst', quiet, 1);

    const cut = await server.open(pathOf([busy, quiet]), from(cursor));
    const { id } = resetOf(await cut.next());
    await cut.close();
    const client = await server.open(pathOf([busy, quiet]), from(id!));

    expect(idsOf(await client.take(9))).toEqual(idsOf([...published.slice(12), ...kept]));
  });

  /** The cursor of a client that was there, and has gone. */
  async function cursorOfOne(rooms: readonly string[]): Promise<string> {
    const client = await server.open(pathOf(rooms));
    const cursor = await cursorOf(client);
    await client.close();
    return cursor;
  }

  it('knows of a channel that nobody listens to whether something is missing', async () => {
    const [room, quiet] = [unique('room'), unique('quiet')];
    const [before] = await server.call('burst', quiet, 1);
    await server.call('burst', room, 20);

    const client = await server.open(pathOf([quiet]), from(before!.id!));
    const [next] = await server.call('burst', quiet, 1);

    expect(idsOf(await client.take(1))).toEqual([next!.id]);
  });
});

describe.each(ONE_OF_EACH_NEST)('a history by age ($name)', (target) => {
  const server = useServer(target, { options: { history: { maxAge: 150 } } });

  it('resets who stayed away for too long, and gives nothing that is too old', async () => {
    const room = unique('room');
    const listening = await server.open(pathOf([room]));
    const cursor = await cursorOf(listening);
    await server.call('burst', room, 2);
    const grownOld = new Promise((resolve) => setTimeout(resolve, 200));
    const prompt = await server.open(pathOf([room]), from(cursor));
    await prompt.take(2);
    await grownOld;

    const late = await server.open(pathOf([room]), from(cursor));

    expect(resetOf(await late.next())).toMatchObject({ reason: 'history', channels: [room] });
  });
});

describe.each(ONE_OF_EACH_NEST)('no history at all ($name)', (target) => {
  const server = useServer(target, { options: { history: false } });

  it('resets who has missed something, and only him', async () => {
    const [room, quiet] = [unique('room'), unique('quiet')];
    const first = await server.open(pathOf([room]));
    const cursor = await cursorOf(first);
    await first.close();
    const [missed] = await server.call('burst', room, 1);

    const client = await server.open(pathOf([room]), from(cursor));
    const upToDate = await server.open(pathOf([room]), from(missed!.id!));
    const elsewhere = await server.open(pathOf([quiet]), from(cursor));
    const [next] = await server.call('burst', room, 1);
    const [there] = await server.call('burst', quiet, 1);

    expect(resetOf(await client.next())).toEqual({ reason: 'history', channels: [room], id: missed!.id });
    expect(idsOf(await client.take(1))).toEqual([next!.id]);
    expect(idsOf(await upToDate.take(1))).toEqual([next!.id]);
    expect(idsOf(await elsewhere.take(1))).toEqual([there!.id]);
  });
});

describe.each(ONE_OF_EACH_NEST)('many clients that come back together ($name)', (target) => {
  const server = useServer(target);

  it('all get all that they missed, and the live events behind it', async () => {
    const rooms = [unique('a'), unique('b')];
    const [start] = await server.call('burst', rooms[0]!, 1);
    const missed = [...(await server.call('burst', rooms[0]!, 100)), ...(await server.call('burst', rooms[1]!, 100))];

    const opening = Array.from({ length: 200 }, () => server.open(pathOf(rooms), from(start!.id!)));
    const live = [...(await server.call('burst', rooms[0]!, 50)), ...(await server.call('burst', rooms[1]!, 50))];
    const clients = await Promise.all(opening);

    const expected = idsOf([...missed, ...live]);
    for (const client of clients) expect(idsOf(await client.take(300))).toEqual(expected);
    expect((await server.call('stats')).dropped).toBe(0);
  });
});
