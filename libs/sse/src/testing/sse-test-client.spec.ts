import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { type AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { collectEvents, SseTestClient, SseTestClientError } from './index.js';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

describe('SseTestClient', () => {
  let server: Server;
  let base: string;
  let handler: Handler;
  const clients: SseTestClient[] = [];

  beforeEach(async () => {
    server = createServer((request, response) => handler(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  async function open(...args: Parameters<typeof SseTestClient.open>): Promise<SseTestClient> {
    const client = await SseTestClient.open(...args);
    clients.push(client);
    return client;
  }

  /** Answers with an event stream of these pieces and leaves it open. */
  function streamOf(...pieces: string[]): Handler {
    return (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const piece of pieces) response.write(piece);
    };
  }

  it('hands out events in order with their fields', async () => {
    handler = streamOf('retry: 3000\n\n', 'id: 7\nevent: price\nretry: 50\ndata: {"n":1}\n\ndata: a\ndata: b\n\n');
    const client = await open(base, '/feed');

    const [price, message] = await client.take(2);

    expect(price).toMatchObject({ id: '7', type: 'price', retry: 50, data: '{"n":1}' });
    expect(price?.json<{ n: number }>().n).toBe(1);
    expect(message).toMatchObject({ type: 'message', data: 'a\nb' });
    expect(message).not.toHaveProperty('id');
    expect(message).not.toHaveProperty('retry');
    expect(client.retry).toBe(50);
    expect(client.lastEventId).toBe('7');
  });

  it('keeps the comments, and moves the cursor on a block that has an id only', async () => {
    handler = streamOf(': one\n\n:\n\nid: 9\n\n', 'data: x\n\n');
    const client = await open(base);

    await client.next();

    expect(client.comments).toEqual(['one', '']);
    expect(client.lastEventId).toBe('9');
  });

  it.each([
    ['CR LF', 'event: a\r\ndata: x\r\n\r\nevent: b\r\ndata: y\r\n\r\n'],
    ['CR', 'event: a\rdata: x\r\revent: b\rdata: y\r\rdata'],
  ])('reads a stream with %s line endings, in whatever pieces it comes', async (_name, text) => {
    handler = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const character of text) response.write(character);
    };
    const client = await open(base);

    expect(await client.take(2)).toMatchObject([
      { type: 'a', data: 'x' },
      { type: 'b', data: 'y' },
    ]);
  });

  it('joins a character whose bytes came in two pieces', async () => {
    const bytes = Buffer.from('data: 🚀\n\n');
    handler = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(bytes.subarray(0, 8));
      setImmediate(() => response.write(bytes.subarray(8)));
    };

    expect((await (await open(base)).next()).data).toBe('🚀');
  });

  it('asks like an EventSource, and lets the test change every header', async () => {
    const seen: IncomingMessage[] = [];
    handler = (request, response) => {
      seen.push(request);
      streamOf('')(request, response);
    };

    await open(base, '/a?b=c');
    await open(base, '/', { headers: { Accept: 'application/json', 'Cache-Control': undefined, 'x-tag': ['1', '2'] } });

    expect(seen[0]).toMatchObject({
      method: 'GET',
      url: '/a?b=c',
      headers: { accept: 'text/event-stream', 'cache-control': 'no-cache', connection: 'keep-alive' },
    });
    expect(seen[0]?.headers).not.toHaveProperty('user-agent');
    expect(seen[0]?.headers).not.toHaveProperty('sec-fetch-mode');
    expect(seen[1]?.headers).toMatchObject({ accept: 'application/json', 'x-tag': '1, 2' });
    expect(seen[1]?.headers).not.toHaveProperty('cache-control');
  });

  it('sends a body with any method, an object as JSON', async () => {
    handler = (request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      request.setEncoding('utf8');
      request.on('data', (chunk: string) =>
        response.write(`data: ${request.method} ${request.headers['content-type']} ${chunk}\n\n`),
      );
    };

    const client = await open(base, '/', { method: 'PUT', body: { question: 1 } });

    expect((await client.next()).data).toBe('PUT application/json {"question":1}');
  });

  describe('a body', () => {
    const form = new FormData();
    form.append('file', new Blob(['x'], { type: 'text/plain' }), 'x.txt');
    const parts = async function* () {
      yield 'on';
      yield Buffer.from('e');
    };

    it.each<[string, unknown, RegExp]>([
      ['text', 'plain', /^undefined plain$/],
      ['bytes', Buffer.from('bytes'), /^undefined bytes$/],
      ['an array', [1, null], /^application\/json \[1,null\]$/],
      [
        'URLSearchParams',
        new URLSearchParams({ a: 'b c' }),
        /^application\/x-www-form-urlencoded;charset=UTF-8 a=b\+c$/,
      ],
      ['a form', form, /^multipart\/form-data; boundary=.* --.*filename="x.txt".*x.*--$/],
      ['a blob', new Blob(['b'], { type: 'text/x' }), /^text\/x b$/],
      ['a stream of the web', new Blob(['web']).stream(), /^undefined web$/],
      ['a stream of Node', Readable.from(['node']), /^undefined node$/],
      ['an async iterable', parts(), /^undefined one$/],
    ])('may be %s', async (_name, body, expected) => {
      handler = (request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          const text = Buffer.concat(chunks).toString().replace(/\s+/g, ' ').trim();
          streamOf(`data: ${request.headers['content-type']} ${text}\n\n`)(request, response);
        });
      };

      const client = await open(base, '/', { method: 'POST', body });

      expect((await client.next()).data).toMatch(expected);
    });

    it('gives the request up when its stream fails', async () => {
      const failing = async function* () {
        yield await Promise.resolve('x');
        throw new Error('The source is gone');
      };

      await expect(open(base, '/', { method: 'POST', body: failing() })).rejects.toThrow('The source is gone');
    });
  });

  it('speaks HTTP/2 with an application that does, and with a URL where it is told so', async () => {
    const answer = (request: Http2ServerRequest, response: Http2ServerResponse) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      request.setEncoding('utf8').on('data', (chunk: string) => {
        response.write(
          `data: ${request.httpVersion} ${request.method} ${request.headers['content-type']} ${chunk}\n\n`,
        );
      });
      if (request.url === '/end') response.end('data: last\n\n');
    };
    const server = createHttp2Server(answer);
    const app = {
      getHttpServer: () => server,
      listen: (port: number, host: string) => new Promise<void>((resolve) => server.listen(port, host, resolve)),
    };

    const posted = await open(app, '/', { method: 'POST', body: { n: 1 } });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const ended = await open(url, '/end', { http2: true });

    expect((await posted.next()).data).toBe('2.0 POST application/json {"n":1}');
    expect(await posted.close()).toBe('closed');
    expect((await ended.untilClosed()).map(({ data }) => data)).toEqual(['last']);
    expect(await ended.closed).toBe('ended');
    await new Promise((resolve) => server.close(resolve));
    await expect(open(url, '/', { http2: true })).rejects.toThrow('ECONNREFUSED');
  });

  describe('reconnect()', () => {
    const seen: IncomingMessage[] = [];
    beforeEach(() => {
      seen.length = 0;
      handler = (request, response) => {
        seen.push(request);
        streamOf(request.url === '/silent' ? '' : `id: ${seen.length}\ndata: x\n\n`)(request, response);
      };
    });
    const cursors = () => seen.map(({ headers }) => headers['last-event-id']);

    it('sends the same request with the last id, again and again', async () => {
      const init = { method: 'POST', headers: { 'x-tag': 'a', 'Last-Event-ID': '0' }, body: { n: 1 } };
      const first = await open(base, '/feed?x=y', init);
      await first.next();
      const second = await first.reconnect();
      await second.next();
      clients.push(await second.reconnect());

      expect(cursors()).toEqual(['0', '1', '2']);
      expect(seen[2]).toMatchObject({ method: 'POST', url: '/feed?x=y', headers: { 'x-tag': 'a' } });
      expect(await first.closed).toBe('closed');
      expect(await second.closed).toBe('closed');
    });

    it('keeps the cursor where it was if the stream told none', async () => {
      const client = await open(base, '/silent', { headers: { 'last-event-id': '7' } });
      clients.push(await client.reconnect());

      expect(cursors()).toEqual(['7', '7']);
    });

    it('says when it can not', async () => {
      const streaming = await open(base, '/', { method: 'POST', body: Readable.from(['x']) });

      await expect(streaming.reconnect()).rejects.toThrow('which a stream does not allow');
      await expect(SseTestClient.from(streaming.response).reconnect()).rejects.toThrow('needs a client made by');
    });
  });

  it('resolves with a refusal, whose body can be read', async () => {
    handler = (_request, response) => {
      response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '5' });
      response.end('{"statusCode":503}');
    };

    const client = await open(base);

    expect(client.status).toBe(503);
    expect(client.headers.get('retry-after')).toBe('5');
    expect(await client.text()).toBe('{"statusCode":503}');
    await expect(client.next()).rejects.toThrow(
      'Expected an event, but the answer was 503 (application/json): {"statusCode":503}',
    );
  });

  it('rejects when the connection is refused', async () => {
    await expect(SseTestClient.open('http://127.0.0.1:1')).rejects.toThrow('ECONNREFUSED');
  });

  it('gives up opening when the signal is aborted', async () => {
    const controller = new AbortController();
    handler = () => controller.abort();

    await expect(SseTestClient.open(base, '/', { signal: controller.signal })).rejects.toThrow('abort');
  });

  describe('a rejected next()', () => {
    it('says that nothing came', async () => {
      handler = streamOf('');
      const client = await open(base);

      const rejection = client.next({ timeout: 20 });

      await expect(rejection).rejects.toThrow(SseTestClientError);
      await expect(rejection).rejects.toThrow(
        'Expected an event, but nothing more came within 20 ms. Nothing had come before.',
      );
    });

    it('lists what came, in order and in short', async () => {
      const long = 'x'.repeat(1_000);
      handler = streamOf(`retry: 3000\n\n:\n\n:\n\nid: 1\nevent: a\ndata: {"n":1}\n\ndata: ${long}\ndata: y\n\n`);
      const client = await open(base);
      await client.take(2);

      await expect(client.next({ timeout: 20 })).rejects.toThrow(
        [
          'Expected an event, but nothing more came within 20 ms. What came on the stream:',
          '  retry: 3000',
          '  comment (empty, as a heartbeat) (2 times)',
          '  event "a" with id 1: {"n":1}',
          `  event "message": ${'x'.repeat(120)}… (1002 characters)`,
        ].join('\n'),
      );
    });

    it('lists the last ones of many', async () => {
      handler = streamOf(Array.from({ length: 50 }, (_, n) => `data: ${n}\n\n`).join(''));
      const client = await open(base);

      const rejection = client.waitFor('done', { timeout: 100 });

      await expect(rejection).rejects.toThrow(/^Waited for an event of type "done", but .*\n {2}… 30 before\n/);
      await expect(rejection).rejects.toThrow('event "message": 30\n');
      await expect(rejection).rejects.not.toThrow('event "message": 29\n');
    });

    it('says which other event came', async () => {
      handler = streamOf('event: sse:end\ndata: {"reason":"kicked"}\n\n');
      const client = await open(base);

      await expect(client.next({ type: 'price' })).rejects.toThrow(
        'Expected an event of type "price", but got "sse:end" with the data {"reason":"kicked"}',
      );
    });

    it('says that the server ended the stream', async () => {
      handler = (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).end(': bye\n\n');
      };
      const client = await open(base);

      await expect(client.next()).rejects.toThrow(
        'Expected an event, but the server ended the stream. What came on the stream:\n  comment: bye',
      );
    });
  });

  it('says which data is no JSON', async () => {
    handler = streamOf('event: greeting\ndata: hello\n\n');
    const event = await (await open(base)).next();

    expect(() => event.json()).toThrow('The data of the event "greeting" is no JSON: hello');
  });

  it('waits for an event and skips what is before it', async () => {
    handler = streamOf(...[1, 2, 3, 4].map((n) => `event: ${n % 2 ? 'odd' : 'even'}\ndata: ${n}\n\n`));
    const client = await open(base);

    expect((await client.waitFor('even')).data).toBe('2');
    expect((await client.waitFor((event) => event.json<number>() > 3)).data).toBe('4');
  });

  it('hands out comments one by one', async () => {
    handler = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(':one\n\n');
      setImmediate(() => response.write(':\n\n'));
    };
    const client = await open(base);

    expect([await client.nextComment(), await client.nextComment()]).toEqual(['one', '']);
    await expect(client.nextComment({ timeout: 20 })).rejects.toThrow('Expected a comment, but nothing more came');
  });

  describe('collectEvents()', () => {
    beforeEach(() => {
      handler = (request, response) => {
        streamOf('event: a\ndata: 1\n\n', 'event: b\ndata: 2\n\n', 'event: c\ndata: 3\n\n')(request, response);
        if (request.url === '/end') response.end();
        if (request.url === '/cut') setImmediate(() => response.destroy());
      };
    });

    it.each([
      ['all, until the end', '/end', {}, ['1', '2', '3']],
      ['so many', '/', { count: 2 }, ['1', '2']],
      ['those up to a type', '/', { until: 'b' }, ['1', '2']],
      ['those up to one that fits', '/', { until: ({ data }: { data: string }) => data === '1' }, ['1']],
      ['what comes first, a number or a type', '/', { count: 1, until: 'b' }, ['1']],
    ])('collects %s', async (_name, path, options, expected) => {
      expect((await collectEvents(base, path, options)).map(({ data }) => data)).toEqual(expected);
    });

    it.each([
      ['they do not come in time', '/', { count: 4, timeout: 50 }, 'Expected an event, but nothing more came within'],
      ['the stream does not end', '/', { timeout: 50 }, 'Expected the end of the stream, but it is still open'],
      ['the stream is cut', '/cut', {}, 'Expected an event, but the connection was cut'],
    ])('rejects if %s', async (_name, path, options, message) => {
      await expect(collectEvents(base, path, options)).rejects.toThrow(message);
    });

    it('rejects if no answer comes in time', async () => {
      handler = () => undefined;

      await expect(collectEvents(base, '/', { timeout: 50 })).rejects.toThrow(
        'Expected an event, but no answer came within 50 ms.',
      );
    });

    it('rejects if there is no stream', async () => {
      handler = (_request, response) => void response.writeHead(403, { 'content-type': 'text/plain' }).end('No');

      await expect(collectEvents(base, '/')).rejects.toThrow(
        'Expected an event, but the answer was 403 (text/plain): No',
      );
    });
  });

  describe('the end', () => {
    it('is told apart: ended by the server, cut, closed by the test', async () => {
      handler = (request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write('data: x\n\n', () => {
          if (request.url === '/end') response.end();
          if (request.url === '/cut') response.destroy();
        });
      };
      const ended = await open(base, '/end');
      const cut = await open(base, '/cut');
      const still = await open(base, '/open');

      expect(await ended.closed).toBe('ended');
      expect(await cut.closed).toBe('cut');
      expect(await still.close()).toBe('closed');
    });

    it('leaves the events that nobody asked for to untilClosed()', async () => {
      handler = (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.end('data: 1\n\ndata: 2\n\ndata: 3\n\n');
      };
      const client = await open(base);

      await client.next();

      expect((await client.untilClosed()).map((event) => event.data)).toEqual(['2', '3']);
    });

    it('is not waited for longer than the test wants', async () => {
      handler = streamOf('');
      const client = await open(base);

      await expect(client.untilClosed({ timeout: 20 })).rejects.toThrow(
        'Expected the end of the stream, but it is still open after 20 ms',
      );
    });

    it('is seen by the server when the test closes', async () => {
      const gone = new Promise((resolve) => {
        handler = (request, response) => {
          streamOf('')(request, response);
          response.once('close', () => resolve(true));
        };
      });
      const client = await open(base);

      await client.close();

      expect(await gone).toBe(true);
    });
  });

  describe('as an async iterable', () => {
    it('finishes with the stream', async () => {
      handler = (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.end('data: 1\n\ndata: 2\n\n');
      };
      const seen: string[] = [];
      for await (const { data } of await open(base)) seen.push(data);

      expect(seen).toEqual(['1', '2']);
    });

    it('throws when the connection is cut', async () => {
      handler = (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write('data: 1\n\n', () => response.destroy());
      };
      const client = await open(base);

      const reading = (async () => {
        for await (const event of client) expect(event.data).toBe('1');
      })();

      await expect(reading).rejects.toThrow('The connection was cut before the stream had ended');
    });

    it('closes the connection when the loop is left', async () => {
      handler = streamOf('data: 1\n\n');
      const client = await open(base);

      for await (const event of client) if (event.data === '1') break;

      expect(await client.closed).toBe('closed');
    });
  });

  it('hands every event to one of several waiting next() only', async () => {
    handler = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
      setImmediate(() => {
        response.write('data: 1\n\n');
        setImmediate(() => response.write('data: 2\n\n'));
      });
    };
    const client = await open(base);

    const events = await Promise.all([client.next(), client.next()]);

    expect(events.map((event) => event.data)).toEqual(['1', '2']);
  });

  it('starts an application that does not listen yet, once', async () => {
    let started = 0;
    const inner = createServer(streamOf('data: hello\n\n'));
    const app = {
      getHttpServer: () => inner,
      listen: (port: number, host: string) =>
        new Promise((resolve) => {
          started++;
          inner.listen(port, host, () => resolve(inner));
        }),
    };

    const opened = await Promise.all([open(app, '/a'), open(app, '/b')]);
    opened.push(await open(app, '/c'));

    expect((await Promise.all(opened.map((client) => client.next()))).map((event) => event.data)).toEqual(
      Array(3).fill('hello'),
    );
    expect(started).toBe(1);
    inner.closeAllConnections();
    inner.close();
  });

  it('reads the answer of another HTTP client', async () => {
    handler = streamOf('data: through fetch\n\n');
    const controller = new AbortController();
    const response = await fetch(base, { signal: controller.signal });
    const client = SseTestClient.from({
      status: response.status,
      headers: response.headers,
      body: response.body!,
      abort: () => controller.abort(),
    });

    expect((await client.next()).data).toBe('through fetch');
    expect(await client.close()).toBe('closed');
  });
});
