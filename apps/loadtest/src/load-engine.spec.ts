import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createNetServer } from 'node:net';
import { LoadEngine, type LoadOptions } from './load-engine.js';
import { RequestError } from './opening/stream-request.js';
import { type StreamEnd } from './reading/stream-socket.js';

describe('LoadEngine', () => {
  let server: Server;
  let url: string;
  let streams: ServerResponse[];
  let answer: (request: IncomingMessage, response: ServerResponse) => void;

  beforeEach(async () => {
    streams = [];
    answer = (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write('retry: 3000\n\n');
      streams.push(response);
    };
    server = createServer((request, response) => answer(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`;
  });

  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  function load(options: Partial<LoadOptions> = {}): LoadEngine {
    return new LoadEngine({ url, connections: 20, interval: 0, ...options });
  }

  it('opens streams, counts their events, and cuts them', async () => {
    const engine = load();
    expect(await engine.open()).toMatchObject({ started: 20, opened: 20, open: 20, opening: 0, events: 0 });
    for (const stream of streams) stream.write('id: 1\ndata: 1\n\ndata: 2\n\n');
    await engine.whenEvents(40);
    await engine.cut();
    expect(engine.counts()).toMatchObject({ open: 0, opened: 20, cut: 20, ended: 0, dropped: {}, events: 40 });
  });

  it.each(['destroy', 'reset', 'end'] as const)('cuts by %s, and the server hears of each', async (mode) => {
    const engine = load({ connections: 5 });
    await engine.open();
    const closed = Promise.all(streams.map((stream) => once(stream, 'close')));
    await engine.cut(mode);
    await closed;
    expect(engine.counts()).toMatchObject({ open: 0, cut: 5 });
  });

  it('opens at an interval, all of them in the end', async () => {
    const engine = load({ connections: 5, interval: 1 });
    expect(await engine.open()).toMatchObject({ started: 5, open: 5 });
    await engine.cut();
  });

  it('opens no more at once than it was told', async () => {
    let underWay = 0;
    let most = 0;
    answer = (_request, response) => {
      most = Math.max(most, ++underWay);
      setImmediate(() => {
        underWay--;
        response.writeHead(200, { 'Content-Type': 'text/event-stream' });
        response.flushHeaders();
      });
    };
    const engine = load({ connections: 30, concurrency: 3 });
    await engine.open();
    expect(most).toBeLessThanOrEqual(3);
    expect(engine.counts().open).toBe(30);
    await engine.cut();
  });

  it('counts refusals by status and keeps their body', async () => {
    answer = (_request, response) => response.writeHead(503, { 'Retry-After': '4' }).end('full');
    const engine = load({ connections: 3 });
    expect(await engine.open()).toMatchObject({ open: 0, opened: 0, refused: { 503: 3 } });
    await engine.whenClosed();
    expect(engine.streams[0]).toMatchObject({ end: 'refused', refusal: 'full' });
    expect(engine.streams[0]!.head?.header('retry-after')).toBe('4');
  });

  it('takes a page for a refusal, since EventSource would', async () => {
    answer = (_request, response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end('<p>');
    const engine = load({ connections: 2 });
    expect(await engine.open()).toMatchObject({ open: 0, refused: { 200: 2 } });
    await engine.whenClosed();
  });

  it('counts what nobody answers by its error code', async () => {
    const free = createNetServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as AddressInfo;
    free.close();
    await once(free, 'close');
    const engine = load({ url: `http://127.0.0.1:${port}/`, connections: 2 });
    expect(await engine.open()).toMatchObject({ open: 0, failed: { ECONNREFUSED: 2 } });
  });

  it('tells streams that the server ended from those that it cut', async () => {
    const ends: StreamEnd[] = [];
    const engine = load({ connections: 3, onClose: (_stream, end) => ends.push(end) });
    await engine.open();
    streams[0]!.end();
    streams[1]!.destroy();
    streams[2]!.socket!.resetAndDestroy();
    await engine.whenClosed();
    expect(engine.counts()).toMatchObject({ open: 0, ended: 1, dropped: { CLOSED: 1, ECONNRESET: 1 } });
    expect(ends.sort()).toEqual(['dropped', 'dropped', 'ended']);
  });

  it('hands events to who wants to see them', async () => {
    const seen: unknown[] = [];
    const engine = load({ connections: 1, onEvent: (event, stream) => seen.push([stream.index, event]) });
    await engine.open();
    streams[0]!.write('id: 7\nevent: greeting\ndata: grüß\ndata: dich\n\n');
    await engine.whenEvents(1);
    expect(seen).toEqual([[0, { id: '7', event: 'greeting', data: 'grüß\ndich' }]]);
    await engine.cut();
  });

  it('leaves the counting to who knows what the body is', async () => {
    const engine = load({
      connections: 2,
      counterFor: (head) => ({ read: (_bytes, start, end) => (head.status === 200 ? end - start : 0) }),
    });
    await engine.open();
    const before = engine.counts().events;
    for (const stream of streams) stream.write('ten bytes.');
    await engine.whenEvents(before + 20);
    await engine.cut();
  });

  it('sends method, body and the headers of each stream', async () => {
    const requests: string[] = [];
    answer = (request, response) => {
      request.setEncoding('utf8').on('data', (body: string) => {
        requests.push(`${request.method} ${request.url} ${String(request.headers['x-user'])} ${body}`);
        response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
      });
    };
    const engine = load({
      connections: 2,
      method: 'POST',
      body: '{"ä":1}',
      headers: (index) => ({ 'X-User': `user-${index}` }),
    });
    await engine.open();
    expect(requests.sort()).toEqual(['POST /events user-0 {"ä":1}', 'POST /events user-1 {"ä":1}']);
    await engine.cut();
  });

  it('leaves the bytes of a paused stream unread until it is resumed', async () => {
    const engine = load({ connections: 2 });
    await engine.open();
    const paused = engine.streams.find((stream) => stream.index === 0)!;
    paused.pause();
    for (const stream of streams) stream.write('data: 1\n\n');
    await engine.whenEvents(1);
    expect(paused.receivedEvents).toBe(0);
    paused.resume();
    await engine.whenEvents(2);
    expect(paused.receivedEvents).toBe(1);
    await engine.cut();
  });

  it('says goodbye also where nothing was read', async () => {
    const engine = load({ connections: 1 });
    await engine.open();
    engine.streams[0]!.pause();
    streams[0]!.write('data: 1\n\n');
    await engine.cut('end');
    expect(engine.streams[0]!.end).toBe('cut');
  });

  it('stops opening when it is cut', async () => {
    const engine = load({ connections: 1_000, interval: 1_000 });
    const opened = engine.open();
    await engine.cut();
    await opened;
    expect(engine.counts()).toMatchObject({ started: 1, open: 0, opening: 0 });
  });

  it('does not leave one waiting for events that can no longer come', async () => {
    const engine = load({ connections: 1 });
    await engine.open();
    const events = engine.whenEvents(1);
    streams[0]!.end();
    await expect(events).rejects.toThrow('All streams closed after 0 of 1 events');
  });

  it('refuses what it can not send', () => {
    expect(() => load({ url: 'localhost:3000' })).toThrow(RequestError);
    expect(() => load({ url: 'ftp://localhost/' })).toThrow(RequestError);
    expect(() => load({ headers: { 'X-Evil': 'a\r\nb: c' } })).toThrow(RequestError);
  });
});
