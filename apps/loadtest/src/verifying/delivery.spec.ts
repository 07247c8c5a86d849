import { beforeEach, describe, expect, it } from '@jest/globals';
import { Cursor } from '../returning/cursor.js';
import { Delivery } from './delivery.js';
import { StampParser } from './stamp.js';
import { StampReader } from './stamp-reader.js';
import { WallClock } from './wall-clock.js';

describe('Delivery', () => {
  let delivery: Delivery;
  let clock: WallClock;

  beforeEach(() => {
    clock = new WallClock();
    delivery = new Delivery(clock);
  });

  /** A new connection of a stream. */
  function opened(index: number): (text: string) => void {
    const reader = new StampReader(new Cursor(), new StampParser(), delivery.receiver(index));
    return (text) => {
      const bytes = Buffer.from(text);
      reader.read(bytes, 0, bytes.length);
    };
  }

  function events(channel: string, ...seqs: number[]): string {
    return seqs.map((seq) => `data: ${JSON.stringify({ channel, seq, at: clock.now() - 5 })}\n\n`).join('');
  }

  it('counts each connection and each channel by itself', () => {
    const [first, second] = [opened(0), opened(1)];
    first(events('a', 1, 2, 4) + events('b', 7, 7) + events('a', 5));
    second(events('a', 2, 3, 4) + events('b', 9, 8));
    expect(delivery.byChannel()).toEqual({
      a: { lost: 1, duplicated: 0, outOfOrder: 0 },
      b: { lost: 0, duplicated: 1, outOfOrder: 1 },
    });
    expect(delivery.total()).toEqual({ lost: 1, duplicated: 1, outOfOrder: 1 });
  });

  it('goes on where a stream comes back: what is replayed was not lost, what is not is', () => {
    opened(0)(events('a', 1, 2));
    opened(0)(events('a', 3, 4, 7));
    expect(delivery.total()).toMatchObject({ lost: 2, duplicated: 0 });
    opened(0)(events('a', 7, 8));
    expect(delivery.total()).toMatchObject({ lost: 2, duplicated: 1 });
  });

  it('takes for lost what an open stream does not have of what others have', () => {
    opened(0)(events('a', 1, 2, 3));
    opened(1)(events('a', 1));
    opened(2)(events('a', 1));
    const heights = delivery.heights();
    expect(delivery.haveReached([0, 1], heights)).toBe(false);
    delivery.close([0, 1], heights);
    expect(delivery.total().lost).toBe(2);
  });

  it('expects all that is published from number 0 on of the streams that were there before', () => {
    const [first, second, late] = [opened(0), opened(1), opened(2)];
    delivery.expectAll([0, 1], new Set(['a']));
    first(events('a', 0, 1, 2) + events('other', 7));
    second(events('a', 2));
    late(events('a', 2));
    expect(delivery.byChannel()).toMatchObject({ a: { lost: 2 }, other: { lost: 0 } });
    second(events('a', 1));
    expect(delivery.total()).toEqual({ lost: 1, duplicated: 0, outOfOrder: 1 });
  });

  it('does not expect of anybody what came after it was asked', () => {
    const [first, second] = [opened(0), opened(1)];
    first(events('a', 1));
    second(events('a', 1));
    const heights = delivery.heights();
    first(events('a', 2));
    expect(delivery.haveReached([0, 1], heights)).toBe(true);
    delivery.close([0, 1], heights);
    expect(delivery.total().lost).toBe(0);
  });

  it('does not take for lost what was not published', () => {
    delivery.excuse('a', 2);
    delivery.excuse('b', 3);
    opened(0)(events('a', 1, 4));
    delivery.close([0], delivery.heights());
    expect(delivery.total().lost).toBe(1);
  });

  it('counts events without a sequence apart, and leaves out what the library says of the stream', () => {
    opened(0)(
      'data: hello\n\ndata: {"seq":"1"}\n\ndata: {"seq":1.5}\n\ndata: null\n\n' +
        'event: sse:reset\ndata: {"reason":"x"}\n\n: comment\n\nevent: sse:x\n\ndata: {"seq":3}\n\n',
    );
    expect(delivery).toMatchObject({ unstamped: 4, stamped: 1 });
    expect(delivery.byChannel()).toEqual({ '(none)': { lost: 0, duplicated: 0, outOfOrder: 0 } });
    expect(delivery.silent([0, 1])).toBe(1);
  });

  it('reads data in several lines, and in several pieces', () => {
    const read = opened(0);
    read('data: {"channel":"ä",\nda');
    read('ta: "seq":4,\r');
    read('\ndata:"at":1}\n\r\n');
    expect(Object.keys(delivery.byChannel())).toEqual(['ä']);
  });

  it('keeps no more of an event than it would look at', () => {
    const read = opened(0);
    for (let piece = 0; piece < 100; piece++) read(piece === 0 ? 'data: {"seq":1,"text":"' : 'x'.repeat(60_000));
    read('"}\n\ndata: {"seq":2}\n\n');
    expect(delivery).toMatchObject({ unstamped: 1, stamped: 1 });
  });

  it('measures from the time in the event to its arrival, and says whose clock is ahead', () => {
    const read = opened(0);
    read(events('a', 1, 2));
    const second = delivery.latencyOfSecond();
    expect(second).toMatchObject({ count: 2 });
    expect(second!.min).toBeGreaterThanOrEqual(4.9);
    expect(delivery.latencyOfSecond()).toBeUndefined();
    read(`data: {"channel":"a","seq":3,"at":${clock.now() + 60_000}}\n\n`);
    expect(delivery.early).toBe(1);
    expect(delivery.latency()).toMatchObject({ count: 3, min: 0, max: second!.max });
  });
});

describe('WallClock', () => {
  it('follows the clock of the system where that is set', () => {
    const clock = new WallClock();
    clock.compare(Date.now() + 60_000);
    expect(clock.now() - Date.now()).toBeGreaterThan(59_000);
  });

  it('does not follow what is but rounding', () => {
    const clock = new WallClock();
    const origin = clock.now() - performance.now();
    clock.compare(Math.floor(clock.now()));
    expect(clock.now() - performance.now()).toBeCloseTo(origin, 1);
  });
});
