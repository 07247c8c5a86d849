import { describe, expect, it } from '@jest/globals';
import { ScriptedServer, streamOf } from '../../../../test/harness/scripted-server.js';
import { SseTestClient } from './index.js';

describe('SseTestClient', () => {
  const server = new ScriptedServer();

  it('hands out events in order with their fields', async () => {
    server.handler = streamOf(
      'retry: 3000\n\n',
      'id: 7\nevent: price\nretry: 50\ndata: {"n":1}\n\ndata: a\ndata: b\n\n',
    );
    const client = await server.open(server.url, '/feed');

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
    server.handler = streamOf(': one\n\n:\n\nid: 9\n\n', 'data: x\n\n');
    const client = await server.open(server.url);

    await client.next();

    expect(client.comments).toEqual(['one', '']);
    expect(client.lastEventId).toBe('9');
  });

  it.each([
    ['CR LF', 'event: a\r\ndata: x\r\n\r\nevent: b\r\ndata: y\r\n\r\n'],
    ['CR', 'event: a\rdata: x\r\revent: b\rdata: y\r\rdata'],
  ])('reads a stream with %s line endings, in whatever pieces it comes', async (_name, text) => {
    server.handler = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const character of text) response.write(character);
    };
    const client = await server.open(server.url);

    expect(await client.take(2)).toMatchObject([
      { type: 'a', data: 'x' },
      { type: 'b', data: 'y' },
    ]);
  });

  it('joins a character whose bytes came in two pieces', async () => {
    const bytes = Buffer.from('data: 🚀\n\n');
    server.handler = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(bytes.subarray(0, 8));
      setImmediate(() => response.write(bytes.subarray(8)));
    };

    expect((await (await server.open(server.url)).next()).data).toBe('🚀');
  });

  it('waits for an event and skips what is before it', async () => {
    server.handler = streamOf(...[1, 2, 3, 4].map((n) => `event: ${n % 2 ? 'odd' : 'even'}\ndata: ${n}\n\n`));
    const client = await server.open(server.url);

    expect((await client.waitFor('even')).data).toBe('2');
    expect((await client.waitFor((event) => event.json<number>() > 3)).data).toBe('4');
  });

  it('hands out comments one by one', async () => {
    server.handler = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(':one\n\n');
      setImmediate(() => response.write(':\n\n'));
    };
    const client = await server.open(server.url);

    expect([await client.nextComment(), await client.nextComment()]).toEqual(['one', '']);
    await expect(client.nextComment({ timeout: 20 })).rejects.toThrow('Expected a comment, but nothing more came');
  });

  describe('the end', () => {
    it('is told apart: ended by the server, cut, closed by the test', async () => {
      server.handler = (request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write('data: x\n\n', () => {
          if (request.url === '/end') response.end();
          if (request.url === '/cut') response.destroy();
        });
      };
      const ended = await server.open(server.url, '/end');
      const cut = await server.open(server.url, '/cut');
      const still = await server.open(server.url, '/open');

      expect(await ended.closed).toBe('ended');
      expect(await cut.closed).toBe('cut');
      expect(await still.close()).toBe('closed');
    });

    it('leaves the events that nobody asked for to untilClosed()', async () => {
      server.handler = (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.end('data: 1\n\ndata: 2\n\ndata: 3\n\n');
      };
      const client = await server.open(server.url);

      await client.next();

      expect((await client.untilClosed()).map((event) => event.data)).toEqual(['2', '3']);
    });

    it('is not waited for longer than the test wants', async () => {
      server.handler = streamOf('');
      const client = await server.open(server.url);

      await expect(client.untilClosed({ timeout: 20 })).rejects.toThrow(
        'Expected the end of the stream, but it is still open after 20 ms',
      );
    });

    it('is seen by the server when the test closes', async () => {
      const gone = new Promise((resolve) => {
        server.handler = (request, response) => {
          streamOf('')(request, response);
          response.once('close', () => resolve(true));
        };
      });
      const client = await server.open(server.url);

      await client.close();

      expect(await gone).toBe(true);
    });
  });

  describe('as an async iterable', () => {
    it('finishes with the stream', async () => {
      server.handler = (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.end('data: 1\n\ndata: 2\n\n');
      };
      const seen: string[] = [];
      for await (const { data } of await server.open(server.url)) seen.push(data);

      expect(seen).toEqual(['1', '2']);
    });

    it('throws when the connection is cut', async () => {
      server.handler = (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write('data: 1\n\n', () => response.destroy());
      };
      const client = await server.open(server.url);

      const reading = (async () => {
        for await (const event of client) expect(event.data).toBe('1');
      })();

      await expect(reading).rejects.toThrow('The connection was cut before the stream had ended');
    });

    it('closes the connection when the loop is left', async () => {
      server.handler = streamOf('data: 1\n\n');
      const client = await server.open(server.url);

      for await (const event of client) if (event.data === '1') break;

      expect(await client.closed).toBe('closed');
    });
  });

  it('hands every event to one of several waiting next() only', async () => {
    server.handler = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
      setImmediate(() => {
        response.write('data: 1\n\n');
        setImmediate(() => response.write('data: 2\n\n'));
      });
    };
    const client = await server.open(server.url);

    const events = await Promise.all([client.next(), client.next()]);

    expect(events.map((event) => event.data)).toEqual(['1', '2']);
  });

  it('reads the answer of another HTTP client', async () => {
    server.handler = streamOf('data: through fetch\n\n');
    const controller = new AbortController();
    const response = await fetch(server.url, { signal: controller.signal });
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
