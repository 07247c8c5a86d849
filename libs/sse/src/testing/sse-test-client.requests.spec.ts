import { beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createHttp2Server, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { type AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { ScriptedServer, streamOf } from '../../../../test/harness/scripted-server.js';
import { SseTestClient } from './index.js';

describe('the request of SseTestClient', () => {
  const server = new ScriptedServer();

  it('asks like an EventSource, and lets the test change every header', async () => {
    const seen: IncomingMessage[] = [];
    server.handler = (request, response) => {
      seen.push(request);
      streamOf('')(request, response);
    };

    await server.open(server.url, '/a?b=c');
    await server.open(server.url, '/', {
      headers: { Accept: 'application/json', 'Cache-Control': undefined, 'x-tag': ['1', '2'] },
    });

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
    server.handler = (request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      request.setEncoding('utf8');
      request.on('data', (chunk: string) =>
        response.write(`data: ${request.method} ${request.headers['content-type']} ${chunk}\n\n`),
      );
    };

    const client = await server.open(server.url, '/', { method: 'PUT', body: { question: 1 } });

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
      server.handler = (request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          const text = Buffer.concat(chunks).toString().replace(/\s+/g, ' ').trim();
          streamOf(`data: ${request.headers['content-type']} ${text}\n\n`)(request, response);
        });
      };

      const client = await server.open(server.url, '/', { method: 'POST', body });

      expect((await client.next()).data).toMatch(expected);
    });

    it('gives the request up when its stream fails', async () => {
      const failing = async function* () {
        yield await Promise.resolve('x');
        throw new Error('The source is gone');
      };

      await expect(server.open(server.url, '/', { method: 'POST', body: failing() })).rejects.toThrow(
        'The source is gone',
      );
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
    const http2 = createHttp2Server(answer);
    const app = {
      getHttpServer: () => http2,
      listen: (port: number, host: string) => new Promise<void>((resolve) => http2.listen(port, host, resolve)),
    };

    const posted = await server.open(app, '/', { method: 'POST', body: { n: 1 } });
    const url = `http://127.0.0.1:${(http2.address() as AddressInfo).port}`;
    const ended = await server.open(url, '/end', { http2: true });

    expect((await posted.next()).data).toBe('2.0 POST application/json {"n":1}');
    expect(await posted.close()).toBe('closed');
    expect((await ended.untilClosed()).map(({ data }) => data)).toEqual(['last']);
    expect(await ended.closed).toBe('ended');
    await new Promise((resolve) => http2.close(resolve));
    await expect(server.open(url, '/', { http2: true })).rejects.toThrow('ECONNREFUSED');
  });

  describe('reconnect()', () => {
    const seen: IncomingMessage[] = [];
    beforeEach(() => {
      seen.length = 0;
      server.handler = (request, response) => {
        seen.push(request);
        streamOf(request.url === '/silent' ? '' : `id: ${seen.length}\ndata: x\n\n`)(request, response);
      };
    });
    const cursors = () => seen.map(({ headers }) => headers['last-event-id']);

    it('sends the same request with the last id, again and again', async () => {
      const init = { method: 'POST', headers: { 'x-tag': 'a', 'Last-Event-ID': '0' }, body: { n: 1 } };
      const first = await server.open(server.url, '/feed?x=y', init);
      await first.next();
      const second = await first.reconnect();
      await second.next();
      server.clients.push(await second.reconnect());

      expect(cursors()).toEqual(['0', '1', '2']);
      expect(seen[2]).toMatchObject({ method: 'POST', url: '/feed?x=y', headers: { 'x-tag': 'a' } });
      expect(await first.closed).toBe('closed');
      expect(await second.closed).toBe('closed');
    });

    it('keeps the cursor where it was if the stream told none', async () => {
      const client = await server.open(server.url, '/silent', { headers: { 'last-event-id': '7' } });
      server.clients.push(await client.reconnect());

      expect(cursors()).toEqual(['7', '7']);
    });

    it('says when it can not', async () => {
      const streaming = await server.open(server.url, '/', { method: 'POST', body: Readable.from(['x']) });

      await expect(streaming.reconnect()).rejects.toThrow('which a stream does not allow');
      await expect(SseTestClient.from(streaming.response).reconnect()).rejects.toThrow('needs a client made by');
    });
  });

  it('resolves with a refusal, whose body can be read', async () => {
    server.handler = (_request, response) => {
      response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '5' });
      response.end('{"statusCode":503}');
    };

    const client = await server.open(server.url);

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
    server.handler = () => controller.abort();

    await expect(SseTestClient.open(server.url, '/', { signal: controller.signal })).rejects.toThrow('abort');
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

    const opened = await Promise.all([server.open(app, '/a'), server.open(app, '/b')]);
    opened.push(await server.open(app, '/c'));

    expect((await Promise.all(opened.map((client) => client.next()))).map((event) => event.data)).toEqual(
      Array(3).fill('hello'),
    );
    expect(started).toBe(1);
    inner.closeAllConnections();
    inner.close();
  });
});
