import { describe, expect, it } from '@jest/globals';
import { ScriptedServer, streamOf } from '../../../../test/harness/scripted-server.js';
import { SseTestClientError } from './index.js';

describe('the messages of SseTestClient', () => {
  const server = new ScriptedServer();

  describe('a rejected next()', () => {
    it('says that nothing came', async () => {
      server.handler = streamOf('');
      const client = await server.open(server.url);

      const rejection = client.next({ timeout: 20 });

      await expect(rejection).rejects.toThrow(SseTestClientError);
      await expect(rejection).rejects.toThrow(
        'Expected an event, but nothing more came within 20 ms. Nothing had come before.',
      );
    });

    it('lists what came, in order and in short', async () => {
      const long = 'x'.repeat(1_000);
      server.handler = streamOf(
        `retry: 3000\n\n:\n\n:\n\nid: 1\nevent: a\ndata: {"n":1}\n\ndata: ${long}\ndata: y\n\n`,
      );
      const client = await server.open(server.url);
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
      server.handler = streamOf(Array.from({ length: 50 }, (_, n) => `data: ${n}\n\n`).join(''));
      const client = await server.open(server.url);

      const rejection = client.waitFor('done', { timeout: 100 });

      await expect(rejection).rejects.toThrow(/^Waited for an event of type "done", but .*\n {2}… 30 before\n/);
      await expect(rejection).rejects.toThrow('event "message": 30\n');
      await expect(rejection).rejects.not.toThrow('event "message": 29\n');
    });

    it('says which other event came', async () => {
      server.handler = streamOf('event: sse:end\ndata: {"reason":"kicked"}\n\n');
      const client = await server.open(server.url);

      await expect(client.next({ type: 'price' })).rejects.toThrow(
        'Expected an event of type "price", but got "sse:end" with the data {"reason":"kicked"}',
      );
    });

    it('says that the server ended the stream', async () => {
      server.handler = (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).end(': bye\n\n');
      };
      const client = await server.open(server.url);

      await expect(client.next()).rejects.toThrow(
        'Expected an event, but the server ended the stream. What came on the stream:\n  comment: bye',
      );
    });
  });

  it('says which data is no JSON', async () => {
    server.handler = streamOf('event: greeting\ndata: hello\n\n');
    const event = await (await server.open(server.url)).next();

    expect(() => event.json()).toThrow('The data of the event "greeting" is no JSON: hello');
  });
});
