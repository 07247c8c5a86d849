import { type EventFields } from '../protocol/event-block.js';
import { frameOf } from '../protocol/event-encoder.js';
import { formatEndMark } from '../protocol/end-mark.js';
import { type Frame } from '../protocol/frame.js';
import { type CloseReason, hasFarewell, isForGood } from './close-reason.js';

/**
 * How a connection ends for its client:
 *
 * - `for-good`: it is told, and does not come back · `farewell`: it is told, and when to come back
 * - `plain`: the response is complete, and nothing is said · `cut`: the response is not complete, and that shows
 * - `gone`: the client has left, or its socket failed
 */
export type EndManner = 'for-good' | 'farewell' | 'plain' | 'cut' | 'gone';

/** The end of a connection. */
export interface Ending {
  readonly reason: CloseReason;
  /** Default: what fits the reason. */
  readonly manner?: EndManner;
  /** The application's own words for the client, in place of the reason. */
  readonly text?: string;
  /** The application's own last event, in place of `sse:end`. It carries the mark of an end for good. */
  readonly event?: EventFields;
  /** When to come back after a farewell, in milliseconds. Default: the stream's usual time. */
  readonly retry?: number;
}

/** What the last frame depends on, beside the reason. */
export interface EndingStream {
  readonly raw: boolean;
  /** What a stream of somebody else's protocol says in place of a farewell, unless its source is complete. */
  readonly interruption?: EventFields;
  /** EventSource reconnects a GET only: nobody else needs, or understands, an end mark. */
  readonly isGet: boolean;
  readonly path: string;
  readonly cursor: string;
  readonly retry: number;
}

export function mannerOf({ reason, manner }: Ending): EndManner {
  if (manner) return manner;
  if (isForGood(reason)) return 'for-good';
  return hasFarewell(reason) ? 'farewell' : 'cut';
}

/** The last frame of a stream, if it gets one. */
export function farewell(ending: Ending, stream: EndingStream): Frame | undefined {
  const { reason, text = reason, retry = stream.retry, event } = ending;
  const manner = mannerOf(ending);
  if (stream.interruption) return reason === 'completed' ? event && frameOf(event) : frameOf(stream.interruption);
  if (manner === 'for-good') return endOf(reason, stream, event ?? ownEvent(text, stream));
  if (manner !== 'farewell' || stream.raw) return undefined;
  return frameOf({ type: 'sse:closing', data: JSON.stringify({ reason: text }), retry });
}

function endOf(reason: CloseReason, { isGet, path, cursor }: EndingStream, event: EventFields): Frame | undefined {
  const seconds = Math.floor(Date.now() / 1_000);
  const id = isGet ? formatEndMark({ cursor: event.id ?? cursor, reason, path, seconds }) : event.id;
  const fields = { ...event, id };
  return Object.values(fields).some((value) => value !== undefined) ? frameOf(fields) : undefined;
}

/** On raw streams the mark stands in a block of its own, which fires no event in the client and still moves its cursor. */
function ownEvent(text: string, { raw }: EndingStream): EventFields {
  return raw ? {} : { type: 'sse:end', data: JSON.stringify({ reason: text }) };
}
