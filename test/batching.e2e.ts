import { describe, expect, it } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { channels, type SseModuleOptions, SseStream } from 'nestjs-event-stream';
import { type Application, useApplications } from './harness/application.js';

const VALUES = 1_000;

@Controller()
class NewsController {
  @SseStream('news')
  news() {
    return channels('news');
  }

  @SseStream('values')
  async *values() {
    for (let n = 0; n < VALUES; n++) yield { data: n };
  }
}

/** What Node hands to the kernel: one system call each. */
type Writable = Pick<Socket, '_write'> & Required<Pick<Socket, '_writev'>>;

// C3: what falls into the window leaves in one write.
describe('events that are collected', () => {
  const start = useApplications();

  /** An application that counts the writes of each of its sockets. */
  async function countWrites(batching: SseModuleOptions['batching']) {
    const app = await start({ controllers: [NewsController], options: { batching } });
    const writes: number[] = [];
    app.server.on('connection', (socket: Socket & Writable) => {
      const index = writes.push(0) - 1;
      for (const method of ['_write', '_writev'] as const) {
        const write = socket[method].bind(socket) as (...args: unknown[]) => void;
        socket[method] = (...args: unknown[]) => {
          writes[index]!++;
          write(...args);
        };
      }
    });
    return { app, writes };
  }
  const open = (app: Application, count: number) => Promise.all(Array.from({ length: count }, () => app.open('/news')));
  /** Each in a tick of its own. */
  async function publish({ broadcaster }: Application, count: number): Promise<void> {
    for (let n = 0; n < count; n++) {
      await broadcaster.toChannel('news', { data: n });
      await turn();
    }
  }

  it('leave in one write for each connection, ten of them before the end of the window, and the eleventh in another', async () => {
    const { app, writes } = await countWrites({ maxDelay: 5_000 });
    const clients = await open(app, 3);
    const opening = [...writes];
    const since = () => writes.map((count, index) => count - opening[index]!);

    await publish(app, 10);
    for (const client of clients) expect(await client.take(10)).toHaveLength(10);
    expect(since()).toEqual([1, 1, 1]);

    await publish(app, 1);
    expect(since()).toEqual([1, 1, 1]);
    await app.broadcaster.toChannel('news', { data: 'alarm' }, { priority: 'critical' });
    for (const client of clients) expect((await client.take(2)).map(({ data }) => data)).toEqual(['0', 'alarm']);
    expect(since()).toEqual([2, 2, 2]);
  });

  it('leave at the end of the window, few as they are', async () => {
    const { app, writes } = await countWrites({ maxDelay: 300 });
    const [client] = await open(app, 1);
    const [opening] = writes;
    await publish(app, 3);

    expect(await client!.take(3)).toHaveLength(3);
    expect(writes).toEqual([opening! + 1]);
  });

  it('are a write for each tick by default', async () => {
    const { app, writes } = await countWrites(undefined);
    const [client] = await open(app, 1);
    const [opening] = writes;
    for (let n = 0; n < 5; n++) {
      await publish(app, 1);
      await client!.next();
    }

    expect(writes).toEqual([opening! + 5]);
  });

  it('of a source that can be paused do not wait for the window, sixteen at a time', async () => {
    const { app } = await countWrites({ maxDelay: 5_000, maxEvents: 1_000 });
    const client = await app.open('/values');

    expect(await client.take(VALUES)).toHaveLength(VALUES);
  });

  it('are handed over before the farewell, at once, when the application closes', async () => {
    const { app } = await countWrites({ maxDelay: 10_000 });
    const [client] = await open(app, 1);
    await publish(app, 2);

    await app.close();

    const last = await client!.untilClosed();
    expect(last.map(({ type }) => type)).toEqual(['message', 'message', 'sse:closing']);
  });
});
