import { type ListeningApplication } from './base-url.js';
import { type SseTestEvent } from './event-reader.js';
import { type SseTestInit } from './http-request.js';
import { isEventStream } from './received-stream.js';
import { clearRealTimeout, realNow, setRealTimeout } from './real-time.js';
import { type EventMatch, matches, SseTestClient } from './sse-test-client.js';
import { SseTestClientError } from './sse-test-client-error.js';

/** A request, and which of its events are wanted. */
export interface CollectOptions extends SseTestInit {
  /** So many events. Default: all, until the server ends the stream. */
  count?: number;
  /** Up to and with the first event of this type, or of which this is true. */
  until?: EventMatch;
  /** How long it may take in all, in ms. Default: 4,000. */
  timeout?: number;
}

/**
 * The events of a stream that speaks by itself: an answer of a language model, the progress of a job, a snapshot. It opens
 * the stream, waits for what was asked for, closes it, and resolves with the events in order.
 *
 * @throws {@link SseTestClientError} when they do not come in time, or the answer is no event stream: it says what came
 *
 * @example
 * const events = await collectEvents(app, '/answer', { method: 'POST', body: { question: 'why?' }, until: 'done' });
 * expect(events.map(({ data }) => data).join('')).toContain('because');
 */
export async function collectEvents(
  target: ListeningApplication | URL | string,
  path: string,
  { count = Infinity, until, timeout = 4_000, ...init }: CollectOptions = {},
): Promise<SseTestEvent[]> {
  const deadline = realNow() + timeout;
  const left = () => Math.max(0, Math.ceil(deadline - realNow()));
  const client = await openWithin(timeout, target, path, init);
  const events: SseTestEvent[] = [];
  try {
    if (count === Infinity && until === undefined) {
      events.push(...(await client.untilClosed({ timeout: left() })));
      // Of an answer that is no stream, or was cut, there is no next event: the error says so.
      if (!isEventStream(client.headers) || (await client.closed) === 'cut') await client.next();
      return events;
    }
    while (events.length < count) {
      const event = await client.next({ timeout: left() });
      events.push(event);
      if (until !== undefined && matches(event, until)) break;
    }
    return events;
  } finally {
    await client.close();
  }
}

/** A handler that waits for something else answers with nothing at all. */
async function openWithin(
  timeout: number,
  target: ListeningApplication | URL | string,
  path: string,
  init: SseTestInit,
): Promise<SseTestClient> {
  const patience = new AbortController();
  const timer = setRealTimeout(() => patience.abort(), timeout);
  const signal = init.signal ? AbortSignal.any([init.signal, patience.signal]) : patience.signal;
  try {
    return await SseTestClient.open(target, path, { ...init, signal });
  } catch (error) {
    if (!patience.signal.aborted) throw error;
    throw new SseTestClientError(`Expected an event, but no answer came within ${timeout} ms.`, { cause: error });
  } finally {
    clearRealTimeout(timer);
  }
}
