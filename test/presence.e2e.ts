import { describe, expect, it } from '@jest/globals';
import { ONE_OF_EACH_NEST } from './harness/matrix.js';
import { unique, useServer } from './harness/use-server.js';

// C8, in-process.
describe.each(ONE_OF_EACH_NEST)('presence ($name)', (target) => {
  const server = useServer(target);

  it('lists the users of a channel, each once with his connections', async () => {
    const [room, a, b] = [unique('room'), unique('user'), unique('user')];
    await server.open(`/channels?c=${room}&user=${a}`);
    await server.open(`/channels?c=${room}&user=${a}`);
    await server.open(`/channels?c=${room}&user=${b}`);
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
});
