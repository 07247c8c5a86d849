import { describe, expect, it } from '@jest/globals';
import { type CloseReason } from 'nestjs-event-stream';
import { HTTP1 } from './harness/matrix.js';
import { RawSocket } from './harness/raw-socket.js';
import { unique, useServer } from './harness/use-server.js';

const PLAIN = { Accept: '*/*' };

// wire.md, "Pre-framed chunks to the socket": behind a proxy's pool the next response on a socket is another user's.
describe.each(HTTP1)('a keep-alive socket ($name)', (target) => {
  const server = useServer(target, { options: { shutdown: { reconnectSpread: 0 } } });

  describe('serves a second request after the stream on it ended', () => {
    it.each<[CloseReason, string]>([
      ['completed', '/kinds/observable?'],
      ['error', '/ending/fail?'],
      ['max-age', '/limits/max-age?'],
      ['replaced', '/limits/user-replace?'],
      ['kicked', '/channels?c=x&'],
      ['revoked', '/channels?c=x&'],
      ['expired', '/channels?c=x&'],
      ['idle', '/channels?c=x&'],
      ['shutdown', '/channels?c=x&'],
    ])('%s', async (reason, path) => {
      const user = unique('user');
      const raw = await connect();
      raw.request(`GET ${path}user=${user}&key=${unique()}`);
      await raw.untilIncludes('retry:');

      await bringAbout(reason, user);
      const stream = await raw.answer();
      // Whatever is published now is for others.
      await server.call('broadcast', 'toUser', user, { data: 'too late' });
      await server.call('broadcast', 'broadcast', { data: 'too late' });
      await server.call('broadcast', 'toChannel', 'x', { data: 'too late' });
      await server.call('beat');
      raw.request('GET /before/plain', PLAIN);
      const plain = await raw.answer(stream.length);

      expect((await server.noted('closed', user)).detail).toMatchObject({ reason });
      expect(stream.complete).toBe(true);
      expect(plain.statusLine).toBe('HTTP/1.1 200 OK');
      expect(plain.body).toBe('{"plain":true}');
      expect(raw.received).toHaveLength(stream.length + plain.length);
      expect(raw.text).not.toContain('too late');
    });

    it('and the second one may be a stream too', async () => {
      const [first, second] = [unique('user'), unique('user')];
      const raw = await connect();
      raw.request(`GET /channels?c=x&user=${first}`);
      await raw.untilIncludes('retry:');
      await server.call('closeUser', first);
      const ended = await raw.answer();

      raw.request(`GET /channels?c=x&user=${second}`);
      await server.noted('opened$', second);
      await server.call('broadcast', 'toUser', first, { data: 'for the first' });
      await server.call('broadcast', 'toUser', second, { data: 'for the second' });
      await raw.untilIncludes('for the second');

      expect(ended.body).toContain('sse:end');
      expect(raw.text).not.toContain('for the first');
      expect(raw.answerSoFar(ended.length)?.body).toMatch(
        /^retry: 3000\n\nid: \S+\n\nid: \S+\ndata: for the second\n\n$/,
      );
    });
  });

  it('serves many streams in turn, and leaks no listener', async () => {
    const raw = await connect();
    for (let n = 0, offset = 0; n < 30; n++) {
      raw.request('GET /kinds/observable');
      const stream = await raw.answer(offset);
      expect(stream.body).toContain('sse:end');
      offset += stream.length;
    }

    expect(server.output).not.toContain('MaxListenersExceededWarning');
  });

  it('brings a client that did not read for a while the end of its stream, and serves it again', async () => {
    const [key, user] = [unique(), unique('user')];
    const raw = await connect();
    raw.request(`GET /slow/subject?key=${key}&user=${user}`);
    await raw.untilIncludes('retry:');
    raw.stopReading();
    await server.noted('subscribed', key);
    await server.call('flood', key, 256, 64 * 1024);

    await server.call('closeUser', user);
    raw.readAgain();
    const stream = await raw.answer();
    raw.request('GET /before/plain', PLAIN);
    const plain = await raw.answer(stream.length);

    expect(stream.complete).toBe(true);
    expect(stream.body).toMatch(/\nevent: sse:dropped\n.*\n\nid: .*\nevent: sse:end\ndata: \{"reason":"kicked"\}\n\n$/);
    expect(plain.body).toBe('{"plain":true}');
  });

  describe('with the stream cut', () => {
    it.each(['overflow', 'slow'] as const)('is closed, so that the client sees it: %s', async (reason) => {
      const user = unique('user');
      const raw = await connect();
      raw.request(`GET /channels?c=x&user=${user}`);
      await raw.untilIncludes('retry:');

      await closeWith(user, reason);
      await raw.untilEnded();

      expect(raw.answerSoFar()?.complete).toBe(false);
    });
  });

  describe('with a pipelined request behind a stream', () => {
    it('answers it after the stream, and not one byte of one stands in the other', async () => {
      const [key, user] = [unique(), unique('user')];
      const raw = await connect();
      raw.request(`GET /sources/subject?key=${key}&user=${user}`);
      raw.request('GET /before/plain', PLAIN);
      await server.noted('subscribed', key);
      await server.call('emit', key, 'first');
      await raw.untilIncludes('data: first');
      await server.call('settle');
      expect(raw.text).not.toContain('plain');

      await server.call('emit', key, 'second');
      await server.call('complete', key);
      const stream = await raw.answer();
      const plain = await raw.answer(stream.length);

      expect(stream.body).toMatch(/^retry: 3000\n\ndata: first\n\ndata: second\n\nid: .*\nevent: sse:end\n/);
      expect(plain.body).toBe('{"plain":true}');
      expect(raw.received).toHaveLength(stream.length + plain.length);
    });

    it('that is a stream itself keeps its events until it is its turn', async () => {
      const [one, two] = [unique(), unique()];
      const raw = await connect();
      raw.request(`GET /sources/subject?key=${one}`);
      raw.request(`GET /sources/subject?key=${two}`);
      await server.noted('subscribed', one);
      await server.noted('subscribed', two);

      await server.call('emit', two, 'of two');
      await server.call('emit', one, 'of one');
      await raw.untilIncludes('data: of one');
      expect(raw.text).not.toContain('of two');
      await server.call('complete', one);
      const first = await raw.answer();
      await raw.untilIncludes('data: of two');
      await server.call('emit', two, 'later');
      await server.call('complete', two);
      const second = await raw.answer(first.length);

      expect(first.body).toMatch(/^retry: 3000\n\ndata: of one\n\nid: .*\nevent: sse:end\n/);
      expect(second.body).toMatch(/^retry: 3000\n\ndata: of two\n\ndata: later\n\nid: .*\nevent: sse:end\n/);
      expect(raw.received).toHaveLength(first.length + second.length);
    });

    it('ends both when the client goes', async () => {
      const [one, two] = [unique(), unique()];
      const raw = await connect();
      raw.request(`GET /sources/subject?key=${one}`);
      raw.request(`GET /sources/subject?key=${two}`);
      await server.noted('subscribed', one);
      await server.noted('subscribed', two);

      await raw.close();

      await server.noted('unsubscribed', one);
      await server.noted('unsubscribed', two);
    });
  });

  async function connect(): Promise<RawSocket> {
    const raw = await RawSocket.connect(server.port);
    server.clients.add(raw);
    return raw;
  }

  async function closeWith(user: string, reason: CloseReason): Promise<void> {
    const [connection] = (await server.call('byUser', user)) as { id: string }[];
    await server.call('close', connection!.id, reason);
  }

  /** The streams of the first three end by themselves. */
  async function bringAbout(reason: CloseReason, user: string): Promise<void> {
    if (['completed', 'error', 'max-age'].includes(reason)) return;
    if (reason === 'replaced') {
      await server.open(`/limits/user-replace?user=${user}`);
      await server.open(`/limits/user-replace?user=${user}`);
    } else {
      await closeWith(user, reason);
    }
  }
});

// An HTTP/1.0 request, nginx's default, gets no chunks: the body ends with the connection.
describe.each(HTTP1)('HTTP/1.0 ($name)', (target) => {
  const server = useServer(target);

  it('gets the bare events, and the end of the connection with the end of the stream', async () => {
    const raw = await RawSocket.connect(server.port);
    server.clients.add(raw);
    raw.send('GET /kinds/observable HTTP/1.0\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n');
    await raw.untilEnded();

    const answer = await raw.answer();
    expect(answer.headers).not.toHaveProperty('transfer-encoding');
    expect(answer.headers['content-type']).toBe('text/event-stream');
    expect(answer.body).toMatch(
      /^retry: 3000\n\ndata: \{"n":1\}\n\ndata: \{"n":2\}\n\nid: .*\nevent: sse:end\ndata: .*\n\n$/,
    );
  });

  it('gets events as they come', async () => {
    const [key, channel] = [unique(), unique('room')];
    const raw = await RawSocket.connect(server.port);
    server.clients.add(raw);
    raw.send(`GET /channels?c=${channel}&user=${key} HTTP/1.0\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n`);
    await server.noted('opened$', key);

    await server.call('burst', channel, 3);
    await raw.until((text) => text.includes('"n":2'));
    await server.call('closeUser', key);
    await raw.untilEnded();

    const { body } = await raw.answer();
    expect(body.replace(/id: .*\n/g, '')).toBe(
      'retry: 3000\n\n\n' +
        [0, 1, 2].map((n) => `data: {"n":${n},"filler":""}\n\n`).join('') +
        'event: sse:end\ndata: {"reason":"kicked"}\n\n',
    );
  });
});
