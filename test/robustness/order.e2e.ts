import { beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Query } from '@nestjs/common';
import { setImmediate as turn } from 'node:timers/promises';
import { channels, type PublishOptions, SseStream } from 'nestjs-event-stream';
import { filter, Subject } from 'rxjs';
import { type Application, settled, useApplications } from '../harness/application.js';

let source: Subject<unknown>;
beforeEach(() => {
  source = new Subject();
});

@Controller()
class StreamsController {
  @SseStream('room')
  room() {
    return channels('room');
  }

  @SseStream('parity')
  parity(@Query('of') of: 'even' | 'odd') {
    const remainder = of === 'even' ? 0 : 1;
    return source.pipe(filter((value) => (value as { n: number }).n % 2 === remainder));
  }

  @SseStream('all')
  all() {
    return source.asObservable();
  }
}

const PIECE = 'x'.repeat(60_000);

describe('an event that is published while another one is being delivered', () => {
  const start = useApplications();

  /** The first of two streams does not read and is disconnected for it; the second one is a client to be looked at. */
  async function startWithSlowOne(): Promise<{ app: Application; client: Awaited<ReturnType<Application['open']>> }> {
    const queue = { maxEvents: 1, overflow: 'disconnect' as const };
    const app = await start({ controllers: [StreamsController], options: { queue } });
    const slow = await app.connect();
    slow.request('GET /room');
    await slow.untilIncludes('retry:');
    slow.stopReading();
    const client = await app.open('/room');
    await app.untilCount(2);
    return { app, client };
  }

  /** Publishes until the slow one has been disconnected, in the midst of a delivery. Returns what was rejected. */
  async function floodUntilDisconnected({ broadcaster, connections }: Application): Promise<unknown[]> {
    const rejected: unknown[] = [];
    while (connections.count === 2) {
      await broadcaster.toChannel('room', { data: PIECE }).catch((error: unknown) => rejected.push(error));
      await turn();
    }
    return rejected;
  }

  it('comes after it for everybody', async () => {
    const { app, client } = await startWithSlowOne();
    app.connections.closed$.subscribe(() => {
      void app.broadcaster.toChannel('room', { type: 'left' });
      void app.broadcaster.toChannel('room', { type: 'left too' });
    });

    await floodUntilDisconnected(app);
    await app.broadcaster.toChannel('room', { type: 'last' });
    const numbers: number[] = [];
    for (let type = ''; type !== 'last';) {
      const event = await client.next();
      type = event.type;
      numbers.push(Number(event.id!.split('-')[1]));
    }

    expect(numbers).toEqual([...numbers].sort((one, other) => one - other));
  });

  it('may be wrong: its publisher hears it, nobody else, and later events arrive', async () => {
    const { app, client } = await startWithSlowOne();
    let nested!: Promise<PromiseSettledResult<unknown>[]>;
    app.connections.closed$.subscribe(() => {
      const wrong = { except: { users: new Set(['anna']) } } as unknown as PublishOptions;
      nested = Promise.allSettled([
        app.broadcaster.toChannel('room', { type: 'wrong' }, wrong),
        app.broadcaster.toChannel('room', { type: 'right' }),
      ]);
    });

    const rejected = await floodUntilDisconnected(app);
    const outcomes = await nested;
    await app.broadcaster.toChannel('room', { type: 'later' });

    expect(rejected).toEqual([]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    const types: string[] = [];
    while (types.at(-1) !== 'later') types.push((await client.next()).type);
    expect(types.filter((type) => type !== 'message')).toEqual(['right', 'later']);
  });
});

describe('an object that is changed and emitted again, several times in a tick', () => {
  const start = useApplications();

  it('is for each stream what it was when the stream got it, whatever others filter', async () => {
    const app = await start({ controllers: [StreamsController] });
    const even = await app.open('/parity?of=even');
    const odd = await app.open('/parity?of=odd');
    const all = [await app.open('/all'), await app.open('/all')];
    await app.untilCount(4);

    const state = { n: 0 };
    while (state.n < 6) {
      state.n++;
      source.next(state);
    }
    await settled();

    const numbers = async (client: typeof even, count: number) =>
      (await client.take(count)).map((event) => event.json<{ n: number }>().n);
    expect(await numbers(even, 3)).toEqual([2, 4, 6]);
    expect(await numbers(odd, 3)).toEqual([1, 3, 5]);
    for (const client of all) expect(await numbers(client, 6)).toEqual([1, 2, 3, 4, 5, 6]);
  });
});
