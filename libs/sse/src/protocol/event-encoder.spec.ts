import { describe, expect, it } from '@jest/globals';
import { type Buffer } from 'node:buffer';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import fc from 'fast-check';
import { EventEncoder } from './event-encoder.js';
import { type SseEvent, sseData, sseEvent, toSseEvent } from './sse-event.js';
import { SseEventError } from './sse-event-error.js';

const encoder = new EventEncoder(JSON.stringify, 262_144);

/** What an independent parser makes of the bytes, fed in pieces that are cut at the given places. */
function parse(bytes: Buffer, cuts: readonly number[] = []): EventSourceMessage[] {
  const events: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => events.push(event) });
  const decoder = new TextDecoder();
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  let from = 0;
  for (const to of [...places, bytes.length]) {
    parser.feed(decoder.decode(bytes.subarray(from, to), { stream: true }));
    from = to;
  }
  return events;
}

/** Line ends of data are the format's own, and lone surrogates have no UTF-8. */
const received = (text: string) => text.replace(/\r\n|\r/g, '\n').toWellFormed();
const anyText = fc.string({ unit: 'binary' });

const lineText = anyText.map((text) => text.replace(/[\r\n\0]/g, ''));
const cuts = fc.array(fc.nat(), { maxLength: 8 });

function errorOf(event: SseEvent): SseEventError {
  try {
    encoder.encode(event);
  } catch (error) {
    expect(error).toBeInstanceOf(SseEventError);
    return error as SseEventError;
  }
  throw new Error('The event was taken.');
}

describe('EventEncoder', () => {
  it('brings any data, type and id to an independent parser, however the bytes are cut', () => {
    fc.assert(
      fc.property(anyText, lineText, lineText, cuts, (data, type, id, places) => {
        fc.pre(!type.startsWith('sse:'));
        const [event, ...more] = parse(encoder.encode({ data, type, id }).payload, places);
        expect(more).toEqual([]);
        expect(event?.data).toBe(received(data));
        expect(event?.event ?? '').toBe(received(type));
        expect(event?.id ?? '').toBe(received(id));
      }),
    );
  });

  it('brings any JSON through the serializer', () => {
    fc.assert(
      fc.property(fc.jsonValue(), cuts, (data, places) => {
        fc.pre(typeof data !== 'string');
        const [event] = parse(encoder.encode({ data }).payload, places);
        expect(JSON.parse(event!.data)).toEqual(JSON.parse(JSON.stringify(data)));
      }),
    );
  });

  it('frames the event as one HTTP/1.1 chunk around the same bytes', () => {
    fc.assert(
      fc.property(anyText, (data) => {
        const frame = encoder.encode({ data });
        const head = `${frame.bytes.toString(16)}\r\n`;
        expect(frame.chunk.toString()).toBe(`${head}${frame.payload.toString()}\r\n`);
        expect(frame.payload.length).toBe(frame.bytes);
      }),
    );
  });

  it('keeps one event one event, whatever line ends its data and comments have', () => {
    const bytes = encoder.encode({ data: 'a\r\nid: 1\rdata: x\n\nevent: y', comment: 'c\r\n\ndata: z' }).payload;
    expect(parse(bytes)).toEqual([expect.objectContaining({ data: 'a\nid: 1\ndata: x\n\nevent: y', id: undefined })]);
  });

  it.each(['\r', '\n', '\0', 'a\r\ndata: injected'])('refuses %j in an id and in a type', (text) => {
    expect(errorOf({ data: '', id: text }).code).toBe('SSE_EVENT_ID');
    expect(errorOf({ data: '', type: text }).code).toBe('SSE_EVENT_TYPE');
  });

  it('refuses types that are kept for the library', () => {
    expect(errorOf({ data: '', type: 'sse:end' }).message).toContain('"sse:end"');
  });

  it.each([-1, 1.5, Number.NaN, Infinity])('refuses %p as a reconnection time', (retry) => {
    expect(errorOf({ retry }).code).toBe('SSE_EVENT_RETRY');
  });

  it('says what of the data could not be serialised', () => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    expect(errorOf({ data: circular }).cause).toBeInstanceOf(TypeError);
    expect(errorOf({ data: 1n }).message).toContain('bigint');
    expect(errorOf({ data: () => 1 }).message).toContain('function');
  });

  it('counts bytes, not characters, against the maximum', () => {
    const small = new EventEncoder(JSON.stringify, 8);
    expect(small.encode({ data: 'ääää' }).bytes).toBeGreaterThan(8);
    expect(() => small.encode({ data: 'äääää' })).toThrow(expect.objectContaining({ code: 'SSE_EVENT_TOO_LARGE' }));
  });

  it('gives an event that has only a type an empty data line, so that clients fire it', () => {
    expect(parse(encoder.encode({ type: 'refresh' }).payload)).toEqual([{ id: undefined, event: 'refresh', data: '' }]);
  });
});

describe('toSseEvent', () => {
  it.each([
    [{ data: 1 }],
    [{ data: 1, type: 'x', id: '1', retry: 1, comment: 'c' }],
    [{ comment: 'c' }],
    [{ retry: 1 }],
  ])('takes %j for an event', (value) => {
    expect(toSseEvent(value)).toBe(value);
  });

  it.each([[{ type: 'x' }], [{ id: '1', type: 'x' }], [{ data: 1, other: 2 }], [{}], ['text'], [null], [[1]]])(
    'takes %j for data',
    (value) => {
      expect(toSseEvent(value)).toEqual({ data: value });
    },
  );

  it('believes what is said explicitly', () => {
    expect(toSseEvent(sseEvent({ type: 'x' }))).toMatchObject({ type: 'x' });
    expect(toSseEvent(sseData({ data: 1 }))).toMatchObject({ data: { data: 1 } });
  });
});
