import { describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { EventSource } from 'eventsource';
import { EncodedStream } from './harness/encoded-stream.js';
import { HTTP1, ONE_OF_EACH } from './harness/matrix.js';
import { RawSocket } from './harness/raw-socket.js';
import { type TestServer } from './harness/test-server.js';
import { unique, useServer } from './harness/use-server.js';

/** What a chat's event is like: more than the least that is compressed. */
const TEXT = 'we ship another release of our event stream module tonight, and nobody notices';

/** The exit code of `gzip -t`: 0 for a body that is whole, and whose checksum and length are right. */
async function gzipTest(bytes: Buffer): Promise<number> {
  const child = spawn('gzip', ['-t'], { stdio: ['pipe', 'ignore', 'ignore'] });
  child.stdin.end(bytes);
  return ((await once(child, 'exit')) as [number])[0];
}

/** Publishes to the channel, and waits until the stream has it, before anything else comes. */
async function say(server: TestServer, channel: string, words: string, ...streams: EncodedStream[]): Promise<void> {
  await server.call('broadcast', 'toChannel', channel, { type: 'message', data: { text: TEXT, words } });
  await Promise.all(streams.map((stream) => stream.untilText(words)));
}

// C4: each client's own decoder is the judge; every event is waited for alone, so that one that comes late fails.
describe.each(ONE_OF_EACH)('a compressed stream ($name)', (target) => {
  const server = useServer(target, { options: { connections: { retry: 50 }, heartbeat: false } });

  it.each([
    ['gzip', 'gzip'],
    ['gzip, deflate, br, zstd', 'gzip'],
    ['br;q=1, gzip;q=0.2, identity;q=0.1', 'gzip'],
    ['*', 'gzip'],
    ['GZIP', 'gzip'],
    [undefined, undefined],
    ['', undefined],
    ['br', undefined],
    ['gzip;q=0', undefined],
    ['gzip;q=0.0, *;q=0', undefined],
    ['gzip;q=0.5, identity;q=1', undefined],
    ['gzip;q=nonsense', undefined],
    [';;,,=;q=', undefined],
    ['(4 KB of nonsense), gzip;q=0.001', 'gzip'],
  ])('of a client that accepts %s is %s', async (asked, encoding) => {
    const accepts = asked?.replace('(4 KB of nonsense)', 'x'.repeat(4_000));
    const headers: Record<string, string> = accepts === undefined ? {} : { 'accept-encoding': accepts };
    const room = unique('room');
    const stream = await EncodedStream.open(server, `/channels?c=${room}`, headers);

    expect(stream.headers['content-encoding']).toBe(encoding);
    expect(stream.headers.vary).toContain('Accept-Encoding');
    await say(server, room, 'heard', stream);
  });

  it('has the same head for HEAD', async () => {
    const path = `/channels?c=${unique('room')}`;
    const head = await EncodedStream.open(server, path, { 'accept-encoding': 'gzip' }, 'HEAD');
    const get = await EncodedStream.open(server, path);

    expect([head.headers['content-encoding'], head.headers.vary]).toEqual(['gzip', get.headers.vary]);
  });

  it('is not offered where the route switches it off', async () => {
    const stream = await EncodedStream.open(server, `/channels/plain?c=${unique('room')}`);

    expect(stream.headers).not.toHaveProperty('content-encoding');
    expect(stream.headers.vary ?? '').not.toContain('Accept-Encoding');
  });

  it('is what a plain one is, once it is decoded', async () => {
    const [room, user] = [unique('room'), unique('user')];
    const path = `/channels?c=${room}&user=${user}`;
    const [compressed, plain] = [await EncodedStream.open(server, path), await EncodedStream.open(server, path, {})];
    await server.noted('opened$', user, 2);
    for (let n = 0; n < 5; n++) await say(server, room, `number ${n}`, compressed, plain);
    await server.call('burst', room, 20, 10);
    await server.call('burst', room, 2, 100_000);
    await server.call('broadcast', 'toUser', user, { data: 'only for you' });
    await Promise.all([compressed, plain].map((stream) => stream.untilText('only for you')));

    const [one, other] = [compressed, plain].map(({ text }) => text);
    expect(one).toBe(other);
    expect(compressed.bytes.length).toBeLessThan(plain.bytes.length / 10);
  });

  it('takes a third of the bytes for the events of one channel, and says so in the metrics', async () => {
    const room = unique('room');
    const stream = await EncodedStream.open(server, `/channels?c=${room}`);
    const before = await server.call('metrics');
    for (let n = 0; n < 40; n++) {
      await server.call('burst', room, 10, 90);
      await say(server, room, `number ${n}.`, stream);
    }
    const { compression } = await server.call('metrics');
    const [plain, sent] = (['plainBytes', 'sentBytes'] as const).map(
      (key) => compression[key] - before.compression[key],
    );

    expect(stream.bytes.length).toBeLessThan(stream.text.length / 3);
    expect(plain! - 1).toBeLessThan(stream.text.length);
    expect(sent!).toBeLessThan(plain! / 3);
  });

  it('is sent a heartbeat in five bytes that its client does not see', async () => {
    const [room, user] = [unique('room'), unique('user')];
    const stream = await EncodedStream.open(server, `/channels?c=${room}&user=${user}`);
    await say(server, room, 'before', stream);
    const before = { text: stream.text, bytes: stream.bytes.length };

    await server.call('beat');
    await stream.untilBytes(before.bytes + 5);
    expect({ text: stream.text, bytes: stream.bytes.length }).toEqual({ ...before, bytes: before.bytes + 5 });

    await say(server, room, 'after', stream);
    await server.call('closeUser', user);
    await stream.untilEnded();
    expect(await gzipTest(stream.bytes)).toBe(0);
  });

  it.each([
    ['has completed', async () => EncodedStream.open(server, `/ending/complete?key=${unique()}`)],
    ['has failed', async () => EncodedStream.open(server, `/ending/fail?key=${unique()}`)],
    ['was raw', async () => EncodedStream.open(server, `/ending/raw?key=${unique()}`)],
    [
      'was kicked before anything was sent',
      async () => {
        const user = unique('user');
        const stream = await EncodedStream.open(server, `/channels?c=${unique('room')}&user=${user}`);
        await server.noted('opened$', user);
        await server.call('closeUser', user);
        return stream;
      },
    ],
    [
      'was kicked amid many events',
      async () => {
        const [user, room] = [unique('user'), unique('room')];
        const stream = await EncodedStream.open(server, `/channels?c=${room}&user=${user}`);
        await server.noted('opened$', user);
        await server.call('burst', room, 50, 3_000);
        await server.call('closeUser', user);
        return stream;
      },
    ],
  ])('is whole for gzip when it %s', async (_how, open) => {
    const stream = await open();

    await stream.untilEnded();

    expect(await gzipTest(stream.bytes)).toBe(0);
  });

  it('is heard at once by curl, which finds nothing wrong with its end', async () => {
    const [room, user] = [unique('room'), unique('user')];
    const http2 = target.http2 ? ['--http2-prior-knowledge'] : [];
    const url = `${server.url}/channels?c=${room}&user=${user}`;
    const curl = spawn('curl', ['--silent', '--show-error', '--no-buffer', '--compressed', ...http2, url]);
    server.clients.add({ close: () => curl.kill() });
    let text = '';
    curl.stdout.on('data', (piece: Buffer) => (text += piece.toString()));
    await server.noted('opened$', user);

    for (const words of ['one', 'two', 'three']) {
      await server.call('broadcast', 'toChannel', room, { data: { text: TEXT, words } });
      while (!text.includes(`"${words}"`)) await once(curl.stdout, 'data');
    }
    const exited = once(curl, 'exit');
    await server.call('closeUser', user);

    expect(await exited).toEqual([0, null]);
    expect(text).toContain('event: sse:end');
  });

  it('goes on for all others when one leaves amid an event', async () => {
    const room = unique('room');
    const streams = [];
    for (let n = 0; n < 5; n++) streams.push(await EncodedStream.open(server, `/channels?c=${room}`));
    await say(server, room, 'first', ...streams);
    const published = server.call('burst', room, 30, 5_000);
    streams[2]!.close();
    await published;
    const others = streams.filter((_stream, index) => index !== 2);

    await say(server, room, 'last', ...others);

    expect(new Set(others.map(({ text }) => text.replace(/retry: .*\n\n/, ''))).size).toBe(1);
  });
});

describe.each(HTTP1.slice(0, 1))('a compressed stream ($name)', (target) => {
  const server = useServer(target);

  it('is heard at once by fetch', async () => {
    const room = unique('room');
    const response = await fetch(`${server.url}/channels?c=${room}`);
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    server.clients.add({ close: () => reader.cancel() });
    expect(response.headers.get('content-encoding')).toBe('gzip');

    for (const words of ['one', 'two', 'three']) {
      await server.call('broadcast', 'toChannel', room, { data: { text: TEXT, words } });
      let text = '';
      while (!text.includes(words)) text += (await reader.read()).value ?? '';
    }
  });

  it('is heard at once by the package eventsource', async () => {
    const room = unique('room');
    let encoding: string | null = null;
    const source = new EventSource(`${server.url}/channels?c=${room}`, {
      fetch: async (url, init) => {
        const response = await fetch(url, init);
        encoding = response.headers.get('content-encoding');
        return response;
      },
    });
    server.clients.add(source);
    await once(source, 'open');

    for (const words of ['one', 'two', 'three']) {
      const heard = once(source, 'message');
      await server.call('broadcast', 'toChannel', room, { data: { text: TEXT, words } });
      expect(((await heard) as [MessageEvent])[0].data).toContain(words);
    }
    expect(encoding).toBe('gzip');
  });

  it('of HTTP/1.0, which knows no chunks, ends in order too', async () => {
    const socket = await RawSocket.connect(server.port);
    server.clients.add(socket);
    socket.send(
      `GET /ending/complete?key=${unique()} HTTP/1.0\r\nAccept: text/event-stream\r\nAccept-Encoding: gzip\r\n\r\n`,
    );
    await socket.untilEnded();

    const body = socket.received.subarray(socket.received.indexOf('\r\n\r\n') + 4);
    expect(socket.text).toContain('Content-Encoding: gzip');
    expect(await gzipTest(body)).toBe(0);
  });
});
