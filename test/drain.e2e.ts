import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Controller, Logger } from '@nestjs/common';
import { channels, SseDrain, SseStream } from 'nestjs-event-stream';
import { type SseTestClient } from 'nestjs-event-stream/testing';
import { filter, firstValueFrom, Subject } from 'rxjs';
import { type Application, settled, useApplications } from './harness/application.js';
import { type RawSocket } from './harness/raw-socket.js';

const RETRY = 3_000;
/** More than the kernel takes for a client that reads nothing. */
const TOO_MUCH = 64 * 1_048_576;

let source: Subject<string>;

@Controller()
class StreamsController {
  @SseStream('news')
  news() {
    return channels('news');
  }

  @SseStream('source')
  ofSource() {
    return source;
  }
}

// F4: a process goes, and nobody misses anything.
describe('a drain', () => {
  const start = useApplications();
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('first is not ready any more, while all who come are served', async () => {
    const app = await start(parts({ readinessDelay: 2_000 }));
    const before = await app.open('/news');

    const drained = app.get(SseDrain).start();
    expect(app.get(SseDrain).state).toBe('leaving');
    const during = await app.open('/news');
    await app.broadcaster.toChannel('news', { data: 'as ever' });
    for (const client of [before, during]) expect((await client.next()).data).toBe('as ever');
    expect(app.get(SseDrain).state).toBe('leaving');
    await drained;

    for (const client of [before, during]) expect(await typesOf(client)).toEqual(['sse:closing']);
    expect(app.connections.count).toBe(0);
  });

  it('then lets nobody in, who hears when to come back', async () => {
    const app = await start(parts({ reconnectSpread: 4_000 }));
    const reader = await stallingReader(app);
    const drained = app.get(SseDrain).start();
    expect(app.get(SseDrain).state).toBe('draining');

    const refused = await app.open('/news');
    expect(refused.status).toBe(503);
    expectBetween(Number(refused.headers.get('retry-after')), RETRY / 1_000, (RETRY + 4_000) / 1_000);
    const browser = await app.connect();
    browser.request('GET /news', { 'User-Agent': 'Mozilla/5.0' });
    const { body } = await browser.answer();
    expectBetween(Number(/^retry: (\d+)\n\n$/.exec(body)?.[1]), RETRY, RETRY + 4_000);

    await reader.close();
    await drained;
    expect((await app.open('/news')).status).toBe(503);
  });

  it('writes out what was published just before', async () => {
    const app = await start(parts({ maxReconnectsPerSecond: 20, timeout: 5_000 }));
    const clients = await openAll(app, 10);

    const published = Array.from({ length: 50 }, (_, n) => app.broadcaster.toChannel('news', { data: String(n) }));
    const drained = app.get(SseDrain).start();

    for (const client of clients) {
      const events = await client.untilClosed();
      expect(events.pop()?.type).toBe('sse:closing');
      expect(events.map(({ data }) => data)).toEqual(Array.from({ length: 50 }, (_, n) => String(n)));
    }
    await Promise.all([...published, drained]);
  });

  it('says farewell in waves, with times to come back that are spread over the span', async () => {
    const app = await start(parts({ reconnectSpread: 0, maxReconnectsPerSecond: 1, timeout: 2_000 }));
    const lines = linesOfLog();
    const clients = await openAll(app, 20);

    const drained = app.get(SseDrain).start();
    await settled();
    // Those of later waves are still there, and served.
    const { count } = app.connections;
    await app.broadcaster.toChannel('news', { data: 'still here' });
    await drained;

    expect(count).toBeLessThan(20);
    const told = await Promise.all(clients.map((client) => client.untilClosed()));
    expect(told.filter((events) => events.some(({ data }) => data === 'still here'))).toHaveLength(count);
    const farewells = told.map((events) => events.at(-1)!);
    expect(farewells.map(({ type }) => type)).toEqual(told.map(() => 'sse:closing'));
    const retries = farewells.map(({ retry = 0 }) => retry);
    expectBetween(Math.min(...retries), 0, RETRY + 1_000);
    expectBetween(Math.max(...retries), RETRY + 10_000, RETRY + 20_000);
    expect(new Set(retries).size).toBeGreaterThan(10);
    expect(lines()).toEqual([
      'Draining 20 streams in 10 waves, within 2,000 ms streams=20 waves=10 timeout=2000ms span=20000ms',
      expect.stringMatching(/^Drained 20 streams in [\d,]+ ms streams=20 closed=20 cut=0 duration=\d+ms$/),
    ]);
  });

  it('cuts at the deadline who has not taken his farewell, and the application closes', async () => {
    const app = await start(parts({ timeout: 1_000 }));
    const lines = linesOfLog();
    const readers = [await stallingReader(app), await stallingReader(app)];
    const client = await app.open('/news');

    await app.close();

    expect(await typesOf(client)).toEqual(['sse:closing']);
    expect(lines().at(-1)).toMatch(
      /^Drained 3 streams in [\d,]+ ms; 2 were cut at the deadline streams=3 closed=3 cut=2 duration=\d+ms$/,
    );
    for (const reader of readers) {
      reader.readAgain();
      await reader.untilEnded();
      expect(reader.text).not.toContain('sse:closing');
    }
  });

  it('that was started by hand is what closing the application waits for', async () => {
    const app = await start(parts({ timeout: 100 }));
    await stallingReader(app);
    const drain = app.get(SseDrain);

    const drained = drain.start();
    const closed = Promise.all([app.close(), app.close()]);
    expect(drain.start()).toBe(drained);
    await firstValueFrom(drain.state$.pipe(filter((state) => state === 'drained')));

    await closed;
    expect(app.connections.stats().closed.shutdown).toBe(1);
  });

  it('leaves the application running where it was started by hand', async () => {
    const app = await start(parts({}));
    const client = await app.open('/news');

    await app.get(SseDrain).start();

    expect(await typesOf(client)).toEqual(['sse:closing']);
    const other = await app.connect();
    expect((await other.request('GET /nowhere').answer()).statusLine).toContain('404');
  });

  function parts(shutdown: object) {
    source = new Subject();
    return { controllers: [StreamsController], options: { connections: { retry: RETRY }, shutdown } };
  }

  async function openAll(app: Application, count: number): Promise<SseTestClient[]> {
    const clients: SseTestClient[] = [];
    while (clients.length < count) clients.push(await app.open('/news'));
    return clients;
  }

  /** Reads nothing, and has more on its way than fits into the buffers between. */
  async function stallingReader(app: Application): Promise<RawSocket> {
    const reader = await app.connect();
    reader.request('GET /source');
    await reader.untilIncludes('retry:');
    reader.stopReading();
    const chunk = 'x'.repeat(262_000);
    const [stalled] = app.connections.all().slice(-1);
    for (let bytes = 0; bytes < TOO_MUCH && !stalled?.isBlocked; bytes += chunk.length) {
      stalled?.send({ data: chunk });
      await settled();
    }
    return reader;
  }
});

async function typesOf(client: SseTestClient): Promise<(string | undefined)[]> {
  return (await client.untilClosed()).map(({ type }) => type);
}

function expectBetween(value: number | undefined, least: number, most: number): void {
  expect(value).toBeGreaterThanOrEqual(least);
  expect(value).toBeLessThanOrEqual(most);
}

/** What the library has logged since, of its drain. */
function linesOfLog(): () => string[] {
  const log = jest.spyOn(Logger.prototype, 'log');
  return () => log.mock.calls.map(([text]) => String(text)).filter((text) => text.startsWith('Drain'));
}
