import { beforeEach, describe, expect, it } from '@jest/globals';
import { ScriptedServer, streamOf } from '../../../../test/harness/scripted-server.js';
import { collectEvents } from './index.js';

describe('collectEvents()', () => {
  const server = new ScriptedServer();

  beforeEach(() => {
    server.handler = (request, response) => {
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
    expect((await collectEvents(server.url, path, options)).map(({ data }) => data)).toEqual(expected);
  });

  it.each([
    ['they do not come in time', '/', { count: 4, timeout: 50 }, 'Expected an event, but nothing more came within'],
    ['the stream does not end', '/', { timeout: 50 }, 'Expected the end of the stream, but it is still open'],
    ['the stream is cut', '/cut', {}, 'Expected an event, but the connection was cut'],
  ])('rejects if %s', async (_name, path, options, message) => {
    await expect(collectEvents(server.url, path, options)).rejects.toThrow(message);
  });

  it('rejects if no answer comes in time', async () => {
    server.handler = () => undefined;

    await expect(collectEvents(server.url, '/', { timeout: 50 })).rejects.toThrow(
      'Expected an event, but no answer came within 50 ms.',
    );
  });

  it('rejects if there is no stream', async () => {
    server.handler = (_request, response) => void response.writeHead(403, { 'content-type': 'text/plain' }).end('No');

    await expect(collectEvents(server.url, '/')).rejects.toThrow(
      'Expected an event, but the answer was 403 (text/plain): No',
    );
  });
});
