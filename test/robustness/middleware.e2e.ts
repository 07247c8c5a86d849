import { beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Req } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { once } from 'node:events';
import { type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { CurrentConnection, type SseConnection, SseStream } from 'nestjs-event-stream';
import { NEVER, Subject } from 'rxjs';
import { settled, useApplications } from '../harness/application.js';

let source: Subject<string>;
let response: Response;
let connection: SseConnection;

@Controller()
class StreamsController {
  @SseStream('shared')
  shared() {
    return source;
  }

  @SseStream('own')
  own(@Req() request: Request, @CurrentConnection() current: SseConnection) {
    response = request.res!;
    connection = current;
    return NEVER;
  }

  @Get('plain')
  plain() {
    return 'PLAIN';
  }
}

describe('a response that the application ends itself', () => {
  const start = useApplications();

  it('while its client does not read, gets nothing behind its end', async () => {
    const app = await start({ controllers: [StreamsController] });
    const client = await app.connect();
    client.request('GET /own');
    await client.untilIncludes('retry:');
    client.stopReading();
    const socket = response.socket!;
    while (!isFull(socket)) {
      connection.send({ data: 'x'.repeat(60_000) });
      await turn();
    }
    connection.send({ data: 'waiting' });
    await turn();

    response.end();
    client.request('GET /plain');
    connection.send({ data: 'late' });
    await turn();
    client.readAgain();
    const stream = await client.answer();
    const plain = await client.answer(stream.length);

    expect(stream.body).not.toContain('late');
    expect(plain).toMatchObject({ statusLine: 'HTTP/1.1 200 OK', body: 'PLAIN' });
    expect(client.received).toHaveLength(stream.length + plain.length);
    expect(app.connections.count).toBe(0);
  });

  it('gets no farewell behind its end', async () => {
    const app = await start({ controllers: [StreamsController] });
    const client = await app.connect();
    client.request('GET /own');
    await client.untilIncludes('retry:');

    response.end();
    connection.close();
    client.request('GET /plain');
    const stream = await client.answer();
    const plain = await client.answer(stream.length);

    expect(stream).toMatchObject({ body: 'retry: 3000\n\n', complete: true });
    expect(plain).toMatchObject({ statusLine: 'HTTP/1.1 200 OK', body: 'PLAIN' });
  });

  function isFull(socket: Socket): boolean {
    return socket.writableLength > 0 && socket.writableNeedDrain;
  }
});

describe('a middleware whose wrapper of write() throws', () => {
  const start = useApplications();
  beforeEach(() => {
    source = new Subject();
  });

  it('costs its own stream, and none of those that are flushed in the same tick', async () => {
    const app = await start({ controllers: [StreamsController], middleware: throwAtEvents });
    // HTTP/1.0 has no chunks, so that it is written through the response.
    const bad = await app.connect();
    bad.send('GET /shared HTTP/1.0\r\nHost: x\r\nX-Bad: yes\r\n\r\n');
    await bad.untilIncludes('retry:');
    const good = await app.open('/shared');
    await app.untilCount(2);

    source.next('one');
    expect((await good.next()).data).toBe('one');
    source.next('two');
    expect((await good.next()).data).toBe('two');

    expect(app.connections.stats()).toMatchObject({ active: 1, closed: { error: 1 } });
    await bad.untilEnded();
  });

  function throwAtEvents(request: Request, response: Response, next: () => void): void {
    if (request.headers['x-bad'] === 'yes') {
      const write = response.write.bind(response) as (bytes: Buffer) => boolean;
      response.write = (bytes: Buffer) => {
        if (!bytes.toString().startsWith('retry')) throw new Error('The middleware failed');
        return write(bytes);
      };
    }
    next();
  }
});

describe('a middleware that writes to res.locals when the response closes', () => {
  const start = useApplications();

  it('can do so, and finds there what it put there', async () => {
    const mark = Symbol('mark');
    const kept: unknown[] = [];
    let closed!: Promise<unknown>;
    const app = await start({
      controllers: [StreamsController],
      middleware: (request, response, next) => {
        if (request.query.mark !== undefined) (response.locals as Record<symbol, unknown>)[mark] = 'kept';
        response.on('close', () => {
          response.locals.endedAt = Date.now();
          request.params.seen = 'yes';
          kept.push((response.locals as Record<symbol, unknown>)[mark], Object.keys(response.locals));
        });
        closed = once(response, 'close');
        next();
      },
    });

    for (const path of ['/own', '/own?mark']) {
      const client = await app.open(path);
      await client.close();
      await closed;
      await settled();
    }

    expect(kept).toEqual([undefined, ['endedAt'], 'kept', ['endedAt']]);
    expect(app.connections.count).toBe(0);
  });
});
