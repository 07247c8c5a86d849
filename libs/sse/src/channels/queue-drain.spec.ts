import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Backplane } from '../backplane/backplane.js';
import { type ChannelMessage } from '../backplane/channel-message.js';
import { type QueuedMessage } from '../backplane/queue-port.js';
import { type ConnectionRegistry } from '../connections/connection-registry.js';
import { type SseConnection } from '../connections/sse-connection.js';
import { type TimerWheel } from '../connections/timer-wheel.js';
import { type ResolvedOptions } from '../options/resolved-options.js';
import { type LogPosition, parseEventId } from '../protocol/event-id.js';
import { type Frame } from '../protocol/frame.js';
import { type ChannelLogs } from './channel-logs.js';
import { DeadLetters } from './dead-letters.js';
import { type EnginePatience } from './engine-patience.js';
import { QueueAcknowledgements } from './queue-acknowledgements.js';
import { QueueDrain } from './queue-drain.js';

const ANN = '$user.ann';

/** As much of a stream as is given what waits. Each page that it takes is one list. */
class Stream {
  readonly id = 'one';
  readonly userId = 'ann';
  readonly listen = { user: true };
  readonly settings = { raw: false, heartbeat: null, queue: { maxEvents: 100, maxBytes: 1_000_000 } };
  readonly pages: (string | undefined)[][] = [];
  isOpen = true;
  isClosed = false;
  /** Called when it has taken a page. */
  taken: () => void = () => undefined;
  readonly reading = {
    epoch: 'b',
    position: 10,
    told: 0,
    isHeld: true,
    startsAt: 0,
    skipped: [] as number[],
    owedFrom: () => Math.max(this.reading.position, this.reading.startsAt),
    knows: ({ sequence }: LogPosition) => (this.reading.told = sequence),
    skip: (sequence: number) => this.reading.skipped.push(sequence),
    skips: (sequence: number) => this.reading.skipped.includes(sequence),
    takePage: (frames: readonly Frame[], through: number) => {
      expect(through).toBe(this.reading.position);
      expect(frames.map(({ sequence }) => sequence)).toEqual(frames.map(() => 0));
      this.pages.push(frames.map(({ id, payload }) => `${id ?? ''} ${/data: (.*)/.exec(payload.toString())?.[1]}`));
    },
  };

  attach(): void {
    // Receipts end with it.
  }

  async written(): Promise<void> {
    await Promise.resolve();
    this.taken();
  }

  get connection(): SseConnection {
    return this as unknown as SseConnection;
  }
}

describe('QueueDrain', () => {
  let queue: QueuedMessage[];
  let attempts: (readonly number[])[];
  let open: Stream[];
  let stream: Stream;
  let acknowledgements: QueueAcknowledgements;
  let drain: QueueDrain;
  beforeEach(() => {
    [queue, attempts, stream] = [[], [], new Stream()];
    open = [stream];
    const backplane = {
      position: { epoch: 'b', sequence: 20 },
      queued: (_user: string, after: number, limit: number) => {
        const messages = queue.filter(({ sequence }) => sequence > after);
        return Promise.resolve({ messages: messages.slice(0, limit), hasMore: messages.length > limit, dead: [] });
      },
      attempt: (_user: string, sequences: readonly number[]) => {
        attempts.push(sequences);
        return Promise.resolve([]);
      },
      taken: (_user: string, through: LogPosition) => {
        const isTaken = ({ id }: QueuedMessage) => {
          const place = parseEventId(id);
          return place?.epoch === through.epoch && place.sequence <= through.sequence;
        };
        queue = queue.filter((message) => !isTaken(message));
        return Promise.resolve(1);
      },
    } as unknown as Backplane;
    const options = { messageQueue: { batchSize: 4 } } as unknown as ResolvedOptions;
    const registry = { byUser: () => open } as unknown as ConnectionRegistry;
    const logs = { sequence: 20 } as unknown as ChannelLogs;
    const engine = { persist: (_stream: unknown, act: () => unknown) => act() } as unknown as EnginePatience;
    const wheel = { add: () => undefined, cancel: () => undefined } as unknown as TimerWheel;
    acknowledgements = new QueueAcknowledgements(backplane, wheel);
    drain = new QueueDrain(backplane, options, registry, logs, engine, acknowledgements, new DeadLetters());
  });

  function waits(id: string, more: Partial<ChannelMessage> = {}): void {
    const message = { channel: ANN, data: id.slice(0, 10), ...more };
    queue.push({ id, sequence: parseEventId(id)?.sequence ?? 0, message, attempts: 0 });
  }
  const sent = () => stream.pages.flat();

  it('leaves to the history what is behind the place of the stream, and counts its try all the same', async () => {
    for (const id of ['b-9', 'b-10', 'b-11', 'b-20', 'b-21']) waits(id);
    await drain.send(stream.connection, undefined);
    expect(sent()).toEqual(['b-9 b-9', 'b-10 b-10']);
    expect(attempts.flat()).toEqual([9, 10, 11, 20]);
  });

  it('gives a client without a cursor the ids that it has by then, which grow', async () => {
    for (const id of ['a-3', 'b-5', 'b-6', 'b-12']) waits(id);
    stream.reading.told = 5;
    stream.reading.startsAt = 12;
    await drain.send(stream.connection, undefined);
    expect(sent()).toEqual([' a-3', ' b-5', 'b-6 b-6', ' b-12']);
    expect(stream.reading.told).toBe(6);
  });

  it('gives one with a cursor no ids, and takes what is up to there', async () => {
    for (const id of ['a-3', 'b-5', 'b-6', 'b-12']) waits(id);
    stream.reading.position = 5;
    stream.reading.startsAt = 12;
    await drain.send(stream.connection, 5);
    expect(queue.map(({ id }) => id)).toEqual(['a-3', 'b-6', 'b-12']);
    expect(sent()).toEqual([' a-3', ' b-6', ' b-12']);
  });

  it('sends what is of another log, whatever its number: no history brings it', async () => {
    for (const id of ['b-9', 'a-90', 'a-91']) waits(id);
    await drain.send(stream.connection, undefined);
    expect(sent()).toEqual(['b-9 b-9', ' a-90', ' a-91']);
  });

  it('hands over no more at once than its queue has room for', async () => {
    for (let n = 1; n <= 8; n++) waits(`b-${n}`);
    stream.settings.queue = { maxEvents: 3, maxBytes: 1_000_000 };
    await drain.send(stream.connection, undefined);
    expect(stream.pages.map(({ length }) => length)).toEqual([3, 1, 3, 1]);

    [queue, stream] = [[], new Stream()];
    for (let n = 1; n <= 4; n++) waits(`b-${n}`, { data: 'x'.repeat(600) });
    stream.settings.queue = { maxEvents: 100, maxBytes: 1_000 };
    await drain.send(stream.connection, undefined);
    expect(stream.pages.map(({ length }) => length)).toEqual([2, 2]);
  });

  it('sends nothing any more when the stream has ended', async () => {
    for (let n = 1; n <= 8; n++) waits(`b-${n}`);
    stream.settings.queue = { maxEvents: 2, maxBytes: 1_000_000 };
    stream.taken = () => (stream.isClosed = stream.pages.length === 1);
    await drain.send(stream.connection, undefined);
    expect(stream.pages).toHaveLength(1);
    expect(attempts).toHaveLength(1);
  });

  it('leaves out whom a message excludes', async () => {
    waits('b-1', { except: { connections: ['one'] } });
    waits('b-2', { except: { users: ['ben'] } });
    await drain.send(stream.connection, undefined);
    expect(sent()).toEqual(['b-2 b-2']);
  });

  it('counts a try for the oldest of the streams that are given what waits', async () => {
    const [older, raw] = [new Stream(), new Stream()];
    raw.settings.raw = true;
    waits('b-1');
    open = [raw, older, stream];
    await drain.send(stream.connection, undefined);
    expect([sent(), attempts]).toEqual([['b-1 b-1'], []]);
    await drain.send(older.connection, undefined);
    expect(attempts).toEqual([[1]]);
  });

  it('does not wait for those who are given nothing', async () => {
    waits('b-1');
    stream.settings.raw = true;
    expect(await drain.waitsFor(stream.connection)).toBe(false);
    await drain.send(stream.connection, 5);
    expect([sent(), queue.length, drain.recover(stream.connection, [ANN], { epoch: 'b', sequence: 20 })]).toEqual([
      [],
      1,
      undefined,
    ]);
  });

  it('gives an open stream what was lost on the way to it, and nothing twice', async () => {
    waits('b-9');
    await drain.send(stream.connection, undefined);
    for (const id of ['b-12', 'b-15', 'b-21']) waits(id);
    expect(drain.recover(stream.connection, ['another'], { epoch: 'b', sequence: 20 })).toBeUndefined();
    await drain.recover(stream.connection, [ANN], { epoch: 'b', sequence: 20 });
    await drain.recover(stream.connection, [ANN], { epoch: 'b', sequence: 20 });
    expect(sent()).toEqual(['b-9 b-9', ' b-12', ' b-15']);
  });

  it('does so in a new log, whose numbers may begin below those of the last', async () => {
    waits('b-9');
    await drain.send(stream.connection, undefined);
    for (const id of ['c-5', 'c-6', 'c-8']) waits(id);
    queue.sort((one, other) => one.sequence - other.sequence);
    await drain.recover(stream.connection, [ANN], { epoch: 'c', sequence: 6 });
    expect(sent()).toEqual(['b-9 b-9', ' c-5', ' c-6']);
    // What was given of the last log takes nothing of this one.
    stream.reading.epoch = 'c';
    expect(acknowledgements.givenTo(stream.connection)).toBe(6);
  });

  it('flushes to a stream that is open what it was not given', async () => {
    waits('b-9');
    await drain.flush(stream.connection);
    expect(sent()).toEqual([]);
    stream.reading.isHeld = false;
    await Promise.all([drain.flush(stream.connection), drain.flush(stream.connection)]);
    expect(sent()).toEqual([' b-9']);
  });
});
