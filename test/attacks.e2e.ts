import { describe, expect, it } from '@jest/globals';
import { type SseBroadcaster } from 'nestjs-event-stream';
import { HTTP1, MATRIX } from './harness/matrix.js';
import { RawSocket } from './harness/raw-socket.js';
import { unique, useServer } from './harness/use-server.js';

// The rows of docs/security.md that are about streams. Those about tokens, tickets and requests are in passport, tickets,
// request-checks and connect-rate beside this file.

/** What would end a line, a field or a text in places where that must not be. */
const INJECTIONS = ['\r', '\n', '\r\n', '\r\n\r\ndata: forged\r\n\r\n', '\0', '\u2028', '\ufeff'];

describe.each(MATRIX)('an attack on a stream ($name)', (target) => {
  const server = useServer(target);

  it.each(INJECTIONS)('by %j in data: it stays one event, with the same text', async (injection) => {
    const room = unique('room');
    const client = await server.open(`/channels?c=${room}`);
    const data = `before${injection}after`;
    await server.call('broadcast', 'toChannel', room, { data });
    await server.call('broadcast', 'toChannel', room, { data: 'next' });
    expect((await client.next()).data).toBe(data.replace(/\r\n|\r/g, '\n'));
    expect((await client.next()).data).toBe('next');
  });

  it.each(INJECTIONS.filter((text) => /[\r\n\0]/.test(text)))('by %j in a type: it is refused', async (injection) => {
    const event = { type: `type${injection}`, data: 1 };
    const targets: [keyof SseBroadcaster, ...unknown[]][] = [
      ['broadcast'],
      ['toChannel', 'room'],
      ['toUser', 'ann'],
      ['toPermission', 'read'],
    ];
    for (const target of targets) {
      await expect(server.call('broadcast', ...target, event)).rejects.toMatchObject({ name: 'SseEventError' });
    }
  });

  it.each(INJECTIONS)('by %j in a comment: it can not begin an event', async (injection) => {
    const room = unique('room');
    const client = await server.open(`/channels?c=${room}`);
    await server.call('broadcast', 'toChannel', room, { comment: `a${injection}data: forged` });
    await server.call('broadcast', 'toChannel', room, { data: 'next' });
    expect((await client.next()).data).toBe('next');
  });

  it.each(['sse:reset', 'sse:end', 'sse:anything'])('by an event that looks like one of ours: %s', async (type) => {
    await expect(server.call('broadcast', 'broadcast', { type, data: {} })).rejects.toMatchObject({
      name: 'SseEventError',
    });
  });

  it.each(['$all', '$user.ann', '$perm.admin', '$$nodes', '%24user.ann', 'room\n', 'x'.repeat(10_000)])(
    'by a channel name made to look like a reserved one, or like none: %j',
    async (name) => {
      const path = `/channels?c=${name.startsWith('%') ? name : encodeURIComponent(name)}`;
      const answer = await server.open(path);
      expect(answer.status).toBe(400);
      const body = JSON.parse(await answer.text()) as object;
      expect(body).toMatchObject({ statusCode: 400, code: 'SSE_CHANNEL_NAME' });
      expect(Object.keys(body).sort()).toEqual(['code', 'message', 'statusCode']);
    },
  );

  it("by the Last-Event-ID of somebody else's stream: it brings nothing of his", async () => {
    const [room, ann] = [unique('room'), unique('ann')];
    const hers = await server.open(`/channels?c=secret.${room}&user=${ann}&permissions=secrets`);
    const cursor = await server.call('broadcast', 'toChannel', room, { data: 'the beginning' });
    await server.call('broadcast', 'toChannel', `secret.${room}`, { data: 'for her room' });
    await server.call('broadcast', 'toUser', ann, { data: 'for her alone' });
    await hers.take(2);

    const { id } = cursor as { id: string };
    const his = await server.open(`/channels?c=${room}&user=${unique('ben')}`, { headers: { 'last-event-id': id } });
    await server.call('broadcast', 'toChannel', room, { data: 'for all' });
    expect((await his.next()).data).toBe('for all');
    const refused = await server.open(`/channels?c=secret.${room}&user=${unique('ben')}&lastEventId=${id}`);
    expect(refused.status).toBe(403);
  });

  it('by an end mark, forged or kept: it ends the stream of whoever sends it, there and for a day', async () => {
    const [room, user] = [unique('room'), unique('ann')];
    const path = `/channels?c=${room}&user=${user}`;
    const client = await server.open(path);
    await server.call('broadcast', 'disconnect', { user });
    await client.untilClosed();
    const mark = client.lastEventId;

    expect((await server.open(path, { headers: { 'last-event-id': mark } })).status).toBe(204);
    expect((await server.open(path)).status).toBe(200);
    const others = await server.open(`/channels/own?key=${unique()}`, { headers: { 'last-event-id': mark } });
    expect(others.status).toBe(200);
    for (const forged of ['~end.', 'x~end.kicked.zzzzzzzzz-0', `~end.kicked.0-${'a'.repeat(8)}`, '~end.~end.~end.']) {
      expect((await server.open(path, { headers: { 'last-event-id': forged } })).status).toBe(200);
    }
  });

  it('by its own permissions in the query of a fixture that trusts it, which reach no reserved channel', async () => {
    const client = await server.open(`/channels?c=room&user=${unique('ann')}&permissions=$all`);
    await server.call('broadcast', 'toPermission', 'admin', { data: 'for admins' });
    await server.call('broadcast', 'broadcast', { data: 'for all' });
    expect((await client.next()).data).toBe('for all');
  });
});

describe.each(HTTP1)('an attack on the head of a request ($name)', (target) => {
  const server = useServer(target);

  it.each([
    ['a header of 100 kB', `X-Filler: ${'x'.repeat(100_000)}`, 431],
    ['a Last-Event-ID of 100 kB', `Last-Event-ID: ${'x'.repeat(100_000)}`, 431],
    ['a cookie of 100 kB', `Cookie: token=${'x'.repeat(100_000)}`, 431],
  ])('by %s is refused, and nobody else notices', async (_what, header, status) => {
    const room = unique('room');
    const client = await server.open(`/channels?c=${room}`);
    const raw = await RawSocket.connect(server.port);
    raw.send(`GET /channels?c=${room} HTTP/1.1\r\nHost: localhost\r\n${header}\r\n\r\n`);
    expect(await raw.until((text) => text.includes('\r\n'))).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    await server.call('broadcast', 'toChannel', room, { data: 'still here' });
    expect((await client.next()).data).toBe('still here');
    expect((await server.call('stats')).active).toBe(1);
  });
});
