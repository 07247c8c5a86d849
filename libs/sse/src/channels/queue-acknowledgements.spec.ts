import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Backplane } from '../backplane/backplane.js';
import { type Attachment } from '../connections/attachment.js';
import { type SseConnection } from '../connections/sse-connection.js';
import { TimerWheel } from '../connections/timer-wheel.js';
import { type LoggedEvent } from './logged-event.js';
import { type LogPosition } from '../protocol/event-id.js';
import { QueueAcknowledgements } from './queue-acknowledgements.js';

const HEARTBEAT = 1_000;
/** What the wheel may be late by. */
const LATE = 50;

/** As much of a stream as it takes to say whether something has arrived. */
class Stream {
  readonly listen: object = { user: true };
  userId: string | undefined = 'ann';
  readonly reading = { epoch: 'a', position: 0, isDrained: true, isBehind: false };
  readonly settings = { raw: false, heartbeat: { interval: HEARTBEAT } as object | null };
  readonly progress = { unflushed: 0 };
  isClosed = false;
  receipt: Attachment | undefined;

  attach(_kind: string, receipt: Attachment): void {
    this.receipt = receipt;
  }

  get connection(): SseConnection {
    return this as unknown as SseConnection;
  }
}

describe('QueueAcknowledgements', () => {
  let taken: [string, number][];
  let isAway: boolean;
  let acknowledgements: QueueAcknowledgements;
  let stream: Stream;
  beforeEach(() => {
    jest.useFakeTimers();
    [taken, isAway] = [[], false];
    const backplane = {
      taken: (userId: string, { sequence }: LogPosition) => {
        if (isAway) return Promise.reject(new Error('away'));
        taken.push([userId, sequence]);
        return Promise.resolve(1);
      },
    } as unknown as Backplane;
    acknowledgements = new QueueAcknowledgements(backplane, new TimerWheel());
    stream = new Stream();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const given = (sequence: number) => acknowledgements.given(stream.connection, sequence);
  const pass = (milliseconds: number) => jest.advanceTimersByTimeAsync(milliseconds);

  it('takes a message when its connection has lived two heartbeats longer, and not before', async () => {
    given(7);
    await pass(2 * HEARTBEAT - 1);
    expect(taken).toEqual([]);
    await pass(2 * LATE);
    expect(taken).toEqual([['ann', 7]]);
    expect([acknowledgements.taken, acknowledgements.givenTo(stream.connection)]).toEqual([1, 7]);
    await pass(10 * HEARTBEAT);
    expect([taken.length, jest.getTimerCount()]).toEqual([1, 0]);
  });

  it('lets what comes during a wait have one of its own, with one entry on the wheel however many there are', async () => {
    for (let n = 1; n <= 100; n++) given(n);
    await pass(HEARTBEAT);
    for (let n = 101; n <= 200; n++) given(n);
    expect(jest.getTimerCount()).toBe(1);
    await pass(HEARTBEAT + LATE);
    expect(taken).toEqual([['ann', 100]]);
    await pass(2 * HEARTBEAT - 2 * LATE);
    expect(taken).toHaveLength(1);
    await pass(3 * LATE);
    expect(taken).toEqual([
      ['ann', 100],
      ['ann', 200],
    ]);
  });

  it.each<[string, (reading: Stream['reading'], progress: Stream['progress'], is: boolean) => unknown]>([
    ['bytes wait in the process', (_reading, progress, is) => (progress.unflushed = is ? 1 : 0)],
    ['events wait in the queue', (reading, _progress, is) => (reading.isDrained = !is)],
    ['the stream is behind', (reading, _progress, is) => (reading.isBehind = is)],
  ])('begins the wait when everything is written out: not while %s', async (_what, set) => {
    given(7);
    set(stream.reading, stream.progress, true);
    await pass(5 * HEARTBEAT);
    set(stream.reading, stream.progress, false);
    await pass(2 * HEARTBEAT - LATE);
    expect(taken).toEqual([]);
    await pass(2 * HEARTBEAT + 2 * LATE);
    expect(taken).toEqual([['ann', 7]]);
  });

  it('waits anew where something is not written out at the end', async () => {
    given(7);
    await pass(HEARTBEAT);
    stream.progress.unflushed = 1;
    await pass(HEARTBEAT + LATE);
    stream.progress.unflushed = 0;
    await pass(3 * HEARTBEAT);
    expect(taken).toEqual([]);
    await pass(HEARTBEAT + LATE);
    expect(taken).toEqual([['ann', 7]]);
  });

  it('takes a minute where a stream has no heartbeats', async () => {
    stream.settings.heartbeat = null;
    given(7);
    await pass(59_000);
    expect(taken).toEqual([]);
    await pass(1_000 + 2 * LATE);
    expect(taken).toEqual([['ann', 7]]);
  });

  it('ends with its connection', async () => {
    given(7);
    stream.receipt?.release();
    expect(jest.getTimerCount()).toBe(0);
    await pass(5 * HEARTBEAT);
    expect(taken).toEqual([]);
  });

  it('tells the engine later while that is away', async () => {
    isAway = true;
    given(7);
    await pass(5 * HEARTBEAT);
    expect(taken).toEqual([]);
    isAway = false;
    await pass(2 * HEARTBEAT + LATE);
    expect(taken).toEqual([['ann', 7]]);
  });

  it('takes what was given of each log by the numbers of that log', async () => {
    given(90);
    stream.reading.epoch = 'b';
    expect(acknowledgements.givenTo(stream.connection)).toBe(0);
    given(3);
    await pass(2 * HEARTBEAT + 2 * LATE);
    expect(taken).toEqual([
      ['ann', 90],
      ['ann', 3],
    ]);
  });

  it('counts a delivery for whom it has come to: not who is behind, left out, or has another kind of stream', () => {
    const [behind, excluded, raw] = Array.from({ length: 3 }, () => new Stream());
    behind!.reading.isBehind = true;
    excluded!.userId = 'ben';
    raw!.settings.raw = true;
    const all = [stream, behind!, excluded!, raw!];
    for (const { reading } of all) reading.position = 4;
    const withSource = Object.assign(new Stream(), { reading: undefined }) as unknown as SseConnection;

    acknowledgements.delivered(
      { sequence: 4, except: { users: ['ben'] } } as unknown as LoggedEvent,
      new Set([...all.map(({ connection }) => connection), withSource]),
    );

    expect(all.map(({ connection }) => acknowledgements.givenTo(connection))).toEqual([4, 0, 0, 0]);
    expect(acknowledgements.givenTo(withSource)).toBe(0);
  });
});
