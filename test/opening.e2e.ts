import { describe, expect, it } from '@jest/globals';
import { MATRIX } from './harness/matrix.js';
import { unique, useServer } from './harness/use-server.js';

describe.each(MATRIX)('opening a stream ($name)', (target) => {
  const server = useServer(target);

  it('answers with the headers of an event stream that nothing on the way may hold back', async () => {
    const client = await server.open(`/channels?c=${unique()}`);

    expect(client.status).toBe(200);
    expect(client.headers.get('content-type')).toBe('text/event-stream');
    expect(client.headers.get('cache-control')).toBe('no-cache, no-transform');
    expect(client.headers.get('x-accel-buffering')).toBe('no');
    expect(client.headers.get('content-length')).toBeNull();
    // HTTP/2 has no such header (nestjs/nest #17588, #17589).
    if (target.http2) expect(client.headers.get('connection')).toBeNull();
  });

  it('sends the head at once, before there is any event', async () => {
    const key = unique();
    const client = await server.open(`/sources/subject?key=${key}`);

    await server.noted('subscribed', key);

    expect(client.status).toBe(200);
  });

  // #8877: an odd first frame.
  it('begins with the reconnection time and nothing else', async () => {
    const key = unique();
    const client = await server.open(`/sources/subject?key=${key}`);
    await server.noted('subscribed', key);
    await server.call('emit', key, 'x');
    await client.next();
    await client.close();

    expect(await client.text()).toBe('retry: 3000\n\ndata: x\n\n');
  });

  it('tells the client its id before all else, where that is asked for, so that it can be left out of what it causes', async () => {
    const room = unique('room');
    const client = await server.open(`/channels/told-its-id?c=${room}`);

    const [open, sent] = await client.take(2);
    expect(open?.type).toBe('sse:open');
    expect(sent?.data).toBe('from the handler');
    const { connectionId } = open!.json<{ connectionId: string }>();
    const except = { connections: [connectionId] };
    await server.call('broadcast', 'toChannel', room, { data: 'for others' }, { except });
    await server.call('broadcast', 'toConnection', connectionId, { data: 'for this one' });
    await server.call('broadcast', 'toChannel', room, { data: 'for all' });
    expect((await client.take(2)).map(({ data }) => data)).toEqual(['for this one', 'for all']);

    const raw = await server.open('/channels/told-its-id/raw');
    expect(await raw.text()).not.toContain('sse:open');
  });

  it('lists the connection with what is known about it', async () => {
    const [user, channel] = [unique('user'), unique('room')];
    await server.open(`/channels?c=${channel}&user=${user}&permissions=read,write`);

    const [connection] = await server.call('byUser', user);

    expect(connection).toMatchObject({ userId: user, permissions: ['read', 'write'], remoteAddress: '127.0.0.1' });
    expect((connection as { channels: string[] }).channels).toContain(channel);
    expect((connection as { id: string }).id.length).toBeGreaterThanOrEqual(16);
  });

  // #7125, and B1: whatever the handler returns.
  describe('from each kind of source', () => {
    it.each([
      'observable',
      'promise-of-observable',
      'generator',
      'async-iterable',
      'promise-of-async-iterable',
      'readable-stream',
      'promise-of-readable-stream',
      'node-stream',
    ])('%s', async (kind) => {
      const client = await server.open(`/kinds/${kind}`);

      const events = await client.untilClosed();

      expect(events.slice(0, 2)).toMatchObject([
        { type: 'message', data: '{"n":1}' },
        { type: 'message', data: '{"n":2}' },
      ]);
      expect(events.slice(2).map(({ type }) => type)).toEqual(['sse:end']);
    });

    it('invents no ids', async () => {
      const client = await server.open('/kinds/observable');

      const [first, second] = await client.take(2);

      expect(first).not.toHaveProperty('id');
      expect(second).not.toHaveProperty('id');
    });

    it.each(['channels', 'promise-of-channels'])('%s', async (kind) => {
      const channel = unique('room');
      const client = await server.open(`/kinds/${kind}/${channel}`);

      const { id } = (await server.call('broadcast', 'toChannel', channel, { type: 'hi', data: { n: 1 } })) as {
        id: string;
      };

      expect(await client.next()).toMatchObject({ id, type: 'hi', data: '{"n":1}' });
      expect(id).toMatch(/^.+-\d+$/);
      expect(client.lastEventId).toBe(id);
    });
  });

  it("takes Nest's MessageEvent with every field", async () => {
    const client = await server.open('/kinds/message-events');

    expect(await client.take(3)).toMatchObject([
      { type: 'message', data: 'plain' },
      { type: 'full', data: '{"full":true}', id: '7', retry: 1234 },
      { type: 'message', data: 'line one\nline two' },
    ]);
  });

  it('tells events from data, and believes sseEvent() and sseData()', async () => {
    const client = await server.open('/kinds/values');

    const events = (await client.untilClosed()).filter(({ type }) => type !== 'sse:end');

    expect(events.map(({ type, data }) => [type, data])).toEqual([
      ['message', 'text'],
      ['message', '5'],
      ['message', 'true'],
      ['message', 'null'],
      ['message', '["a"]'],
      ['message', 'an event'],
      ['message', '{"data":"data","extra":1}'],
      ['message', '{"id":"only data"}'],
      ['message', '{"type":"only data"}'],
      ['refresh', ''],
      ['message', '{"id":7,"data":"a row"}'],
      ['message', 'text'],
      ['message', ''],
    ]);
    expect(client.comments).toContain('a comment');
    expect(client.retry).toBe(77);
  });

  // B3: what a language model's client expects. #10675, #16340, #15863, #17098 (a POST that came back empty).
  describe('of raw format', () => {
    it('streams the tokens of a POST with a mark of its own at the end, and nothing of ours', async () => {
      const client = await server.open('/kinds/tokens', { method: 'POST', body: { tokens: ['He', 'llo', '!'] } });

      expect(client.status).toBe(200);
      expect(await client.text()).toBe('retry: 3000\n\ndata: He\n\ndata: llo\n\ndata: !\n\ndata: [DONE]\n\n');
      expect(await client.closed).toBe('ended');
    });

    it('sends strings as they are and everything else as JSON', async () => {
      const client = await server.open('/kinds/raw', { headers: { accept: '*/*' } });

      expect(await client.take(3)).toMatchObject([
        { type: 'message', data: 'plain text' },
        { type: 'message', data: '{"choices":[{"delta":"x"}]}' },
        { type: 'typed', data: '{"n":1}' },
      ]);
      expect(await client.untilClosed()).toEqual([]);
    });
  });

  it('sends an object that the application changes and emits again as it was at each emission', async () => {
    const key = unique();
    const [one, two] = [
      await server.open(`/sources/subject?key=${key}`),
      await server.open(`/sources/subject?key=${key}`),
    ];
    await server.noted('subscribed', key, 2);

    await server.call('emitState', key, 3);

    for (const client of [one, two]) {
      expect((await client.take(3)).map(({ data }) => data)).toEqual(['{"n":1}', '{"n":2}', '{"n":3}']);
    }
  });
});
