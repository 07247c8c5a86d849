import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { LoadEngine, type LoadOptions } from './load-engine.js';
import { prepareRequest } from './opening/stream-request.js';
import { bodyReaders } from './reading/body-readers.js';
import { type BodyCounter } from './reading/event-counter.js';
import { GzipBody } from './reading/gzip-body.js';

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

describe('LoadEngine, whose streams come back', () => {
  let server: Server;
  let url: string;
  /** Answers to the first request, the second, and so on; the last one to all that follow. */
  let answers: Answer[];
  let lastEventIds: unknown[];
  let engine: LoadEngine | undefined;

  beforeEach(async () => {
    lastEventIds = [];
    server = createServer((request, response) => {
      lastEventIds.push(request.headers['last-event-id']);
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      answer?.(response, request);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`;
  });

  afterEach(async () => {
    await engine?.cut();
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  function load(options: Partial<LoadOptions> = {}): LoadEngine {
    engine = new LoadEngine({ url, connections: 1, interval: 0, reconnect: true, ...options });
    return engine;
  }

  function stream(text: string, end: 'end' | 'drop' | 'stay' = 'stay'): Answer {
    return (response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write(text, () => (end === 'drop' ? response.destroy() : undefined));
      if (end === 'end') response.end();
    };
  }

  const gone: Answer = (response) => response.writeHead(204).end();

  it('sends the last id, after the time that the server has told, when it was dropped and when it was ended', async () => {
    answers = [
      stream('retry: 1\nid: 1\ndata: x\n\n', 'drop'),
      stream('data: y\n\nid: 2\n\n', 'end'),
      stream('id: 3\ndata: not ended', 'drop'),
      gone,
    ];
    await load().open();
    await engine!.whenClosed();
    expect(lastEventIds).toEqual([undefined, '1', '2', '2']);
    expect(engine!.counts()).toMatchObject({
      started: 4,
      opened: 1,
      reconnected: 2,
      dropped: { CLOSED: 2 },
      ended: 1,
      refused: { 204: 1 },
      waiting: 0,
    });
  });

  it('does not come back from an answer that is no event stream', async () => {
    answers = [(response) => response.writeHead(503).end()];
    await load().open();
    await engine!.whenClosed();
    expect(engine!.counts()).toMatchObject({ started: 1, refused: { 503: 1 }, waiting: 0 });
  });

  it('counts who was only told when to come back as refused', async () => {
    answers = [stream('retry: 1\n\n', 'end'), stream('retry: 1\n\n', 'end'), stream('data: x\n\n', 'end'), gone];
    await load().open();
    await engine!.whenClosed();
    expect(engine!.counts()).toMatchObject({ opened: 1, reconnected: 0, ended: 1, refused: { retry: 2, 204: 1 } });
  });

  it('waits for what was never answered, and stops waiting when it is cut', async () => {
    answers = [(response) => response.destroy()];
    expect(await load().open()).toMatchObject({ failed: { CLOSED: 1 }, waiting: 1 });
    const closed = engine!.whenClosed();
    await engine!.cut();
    await closed;
    expect(engine!.counts()).toMatchObject({ started: 1, waiting: 0 });
  });

  it('gives up who does not answer in time', async () => {
    answers = [() => undefined];
    expect(await load({ patience: 10, reconnect: false }).open()).toMatchObject({ failed: { TIMEOUT: 1 }, opening: 0 });
  });

  it('takes a request that has to be awaited, and counts one that is not to be had', async () => {
    answers = [stream('')];
    const requestFor = (index: number) =>
      index === 1
        ? Promise.reject(Object.assign(new Error('none'), { code: 'NO_TOKEN' }))
        : Promise.resolve(prepareRequest({ url }));
    expect(await load({ requestFor, connections: 3 }).open()).toMatchObject({ open: 2, failed: { NO_TOKEN: 1 } });
  });

  it('decodes gzip event by event, and comes back with an id that was compressed', async () => {
    const body = gzipSync('retry: 1\nid: 1\ndata: x\n\n');
    answers = [
      (response) => {
        response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Content-Encoding': 'gzip' });
        response.write(body.subarray(0, 15));
        setImmediate(() => response.end(body.subarray(15)));
      },
      gone,
    ];
    await load({ counterFor: bodyReaders() }).open();
    await engine!.whenClosed();
    expect(engine!.counts()).toMatchObject({ events: 1, ended: 1, refused: { 204: 1 } });
    expect(lastEventIds).toEqual([undefined, '1']);
  });

  it.each([
    ['no gzip', 'gzip', Buffer.from('data: x\n\n')],
    ['another encoding', 'br', Buffer.from('data: x\n\n')],
    ['the bare deflate', 'gzip', deflateRawSync('data: x\n\n')],
  ])('drops a body that is %s', async (_what, encoding, body) => {
    answers = [
      (response) => {
        response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Content-Encoding': encoding });
        response.write(body);
      },
    ];
    await load({ counterFor: bodyReaders(), reconnect: false }).open();
    await engine!.whenClosed();
    expect(engine!.counts()).toMatchObject({ events: 0, dropped: { ENCODING: 1 } });
  });

  it('reads a body that grows a thousandfold piece by piece', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 2 ** 20, 'data: x\n\n'));
    answers = [
      (response) => {
        response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Content-Encoding': 'gzip' });
        response.end(bomb);
      },
    ];
    let [largest, bytes] = [0, 0];
    const counter: BodyCounter = {
      read: (_bytes, start, end) => {
        largest = Math.max(largest, end - start);
        bytes += end - start;
        return 1;
      },
    };
    await load({ counterFor: (_head, stream) => new GzipBody(stream, counter), reconnect: false }).open();
    await engine!.whenClosed();
    expect({ largest, bytes }).toEqual({ largest: 4_096, bytes: 64 * 2 ** 20 });
  });
});
