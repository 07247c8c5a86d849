import { describe, expect, it } from '@jest/globals';
import { type SseTestClient } from 'nestjs-event-stream/testing';
import { ONE_OF_EACH_NEST } from './harness/matrix.js';
import { unique, useServer } from './harness/use-server.js';

// C8, on one node.
describe.each(ONE_OF_EACH_NEST)('presence ($name)', (target) => {
  const server = useServer(target, { options: { presence: { grace: 0 } } });

  it('lists the users of a channel, each once with his connections', async () => {
    const [room, a, b] = [unique('room'), unique('user'), unique('user')];
    await server.open(`/channels?c=${room}&user=${a}`);
    await server.open(`/channels?c=${room}&user=${a}`);
    await server.open(`/channels?c=${room}&user=${b}`);
    await server.open(`/channels?c=${room}`);
    await server.open(`/channels?c=${unique('room')}&user=${unique('user')}`);

    const members = await server.call('members', room);

    expect(members.sort((one, two) => two.connections - one.connections)).toEqual([
      { userId: a, connections: 2, isDate: true },
      { userId: b, connections: 1, isDate: true },
    ]);
  });

  it('tells of a join and a leave for each user, not for each of his tabs', async () => {
    const [room, user] = [unique('room'), unique('user')];
    await server.call('watchPresence', room);
    const one = await server.open(`/channels?c=${room}&user=${user}`);
    await server.noted('join', user);
    const two = await server.open(`/channels?c=${room}&user=${user}`);

    await one.close();
    await two.close();
    await server.noted('leave', user);
    await server.idle();

    expect(server.notesOf(user, 'join')).toHaveLength(1);
    expect(server.notesOf(user, 'leave')).toHaveLength(1);
    expect(await server.call('members', room)).toEqual([]);
    await server.call('unwatchPresence');
  });

  it('follows subscriptions at run time', async () => {
    const [room, user] = [unique('room'), unique('user')];
    await server.call('watchPresence', room);
    await server.open(`/channels?c=${unique('room')}&user=${user}`);

    await server.call('broadcast', 'subscribe', { user }, room);
    await server.noted('join', user);
    await server.call('broadcast', 'unsubscribe', { user }, room);
    await server.noted('leave', user);
    await server.call('unwatchPresence');
  });

  it('counts nobody whose stream is refused', async () => {
    const [room, user] = [unique('secret.room'), unique('user')];
    await server.call('watchPresence', room);
    expect((await server.open(`/channels?c=${room}&user=${user}`)).status).toBe(403);
    await server.open(`/channels?c=${room}&user=${user}&permissions=secrets`);
    await server.noted('join', user);

    expect(server.notesOf(user).map(({ kind }) => kind)).not.toContain('leave');
    await server.call('unwatchPresence');
  });
});

describe.each(ONE_OF_EACH_NEST)('presence, with time to come back ($name)', (target) => {
  const server = useServer(target, { options: { presence: { grace: 3_000 } } });

  it('tells nothing of a client that reconnects, and of one that does not that it has left', async () => {
    const [room, user, other] = [unique('room'), unique('user'), unique('user')];
    await server.call('watchPresence', room);
    const first = await server.open(`/channels?c=${room}&user=${user}`);
    const bystander = await server.open(`/channels?c=${room}&user=${other}`);
    await server.noted('join', user);

    await first.close();
    await server.noted('closed$', user);
    expect(await server.call('members', room)).toMatchObject([
      { userId: user, connections: 1 },
      { userId: other, connections: 1 },
    ]);
    await server.open(`/channels?c=${room}&user=${user}`);
    await bystander.close();
    // He left later than the first, and his time is over.
    await server.noted('leave', other);

    expect(server.notesOf(user, 'join')).toHaveLength(1);
    expect(server.notesOf(user, 'leave')).toHaveLength(0);
    expect(await server.call('members', room)).toMatchObject([{ userId: user, connections: 1 }]);
    await server.call('unwatchPresence');
  });
});

interface Told {
  channel: string;
  count: number;
  members?: string[];
  joined?: string[];
  left?: string[];
}

describe.each(ONE_OF_EACH_NEST)('a channel with the option presence ($name)', (target) => {
  const server = useServer(target, { options: { presence: { grace: 0 } } });

  /** The next event, which is one of presence and has no id. */
  async function told(client: SseTestClient): Promise<Told> {
    const event = await client.next({ type: 'sse:presence' });
    expect(event.id).toBeUndefined();
    return event.json<Told>();
  }

  it('gives a list after the stream has opened, then what has changed', async () => {
    const [id, a, b] = [unique('id'), unique('user'), unique('user')];
    const first = await server.open(`/channels/lobby?id=${id}&user=${a}`);
    expect(await told(first)).toEqual({ channel: `lobby.${id}`, count: 1, members: [a] });

    const second = await server.open(`/channels/lobby?id=${id}&user=${b}`);
    const list = await told(second);
    expect({ ...list, members: list.members?.sort() }).toEqual({
      channel: `lobby.${id}`,
      count: 2,
      members: [a, b].sort(),
    });
    expect(await told(first)).toEqual({ channel: `lobby.${id}`, count: 2, joined: [b], left: [] });
    await second.close();
    expect(await told(first)).toEqual({ channel: `lobby.${id}`, count: 1, joined: [], left: [b] });
  });

  it('tells together what falls into one second, and nothing of who came and went in it', async () => {
    const [id, watcher] = [unique('id'), unique('user')];
    const stays = [unique('user'), unique('user'), unique('user')];
    const client = await server.open(`/channels/lobby?id=${id}&user=${watcher}`);
    await told(client);

    const before = performance.now();
    const passing = await server.open(`/channels/lobby?id=${id}&user=${unique('user')}`);
    for (const user of stays) await server.open(`/channels?c=lobby.${id}&user=${user}`);
    await passing.close();

    const seen: string[] = [];
    let last: Told;
    let events = 0;
    do {
      last = await told(client);
      seen.push(...(last.joined ?? []));
      events++;
    } while (last.count < 4 || !stays.every((user) => seen.includes(user)));
    expect(events).toBeLessThanOrEqual(2 + (performance.now() - before) / 1_000);
    expect(last.count).toBe(4);
  });

  it('tells nothing to raw streams, nor to those that are on the channel by another way', async () => {
    const [id, user] = [unique('id'), unique('user')];
    const raw = await server.open(`/channels/lobby-raw?id=${id}`);
    const byName = await server.open(`/channels?c=lobby.${id}`);
    const late = await server.open(`/channels?c=${unique('room')}&user=${user}`);
    await server.call('broadcast', 'subscribe', { user }, `lobby.${id}`);
    const client = await server.open(`/channels/lobby?id=${id}`);
    await told(client);

    await server.call('broadcast', 'toChannel', `lobby.${id}`, { data: 'the next' });

    for (const other of [raw, byName, late]) expect((await other.next()).data).toBe('the next');
  });

  it('keeps nothing of it for those who come back', async () => {
    const [id, user] = [unique('id'), unique('user')];
    const client = await server.open(`/channels/lobby?id=${id}&user=${user}`);
    await told(client);
    await server.call('broadcast', 'toChannel', `lobby.${id}`, { data: 'one' });
    await client.next({ type: 'message' });
    await client.close();
    await server.open(`/channels/lobby?id=${id}&user=${unique('user')}`);
    await server.call('broadcast', 'toChannel', `lobby.${id}`, { data: 'two' });

    const headers = { 'last-event-id': client.lastEventId };
    const resumed = await server.open(`/channels/lobby?id=${id}&user=${user}`, { headers });

    expect((await resumed.next({ type: 'message' })).data).toBe('two');
    expect((await told(resumed)).members).toContain(user);
  });
});
