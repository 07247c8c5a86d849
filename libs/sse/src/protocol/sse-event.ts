/**
 * One event, as an application writes it. Nest's `MessageEvent` is one too.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export interface SseEvent {
  /** The payload. A string goes out as it is, anything else through the serializer (`JSON.stringify` by default). */
  data?: unknown;
  /** The event's type, `message` for clients if left out. No CR, LF or NUL; types that begin with `sse:` are reserved. */
  type?: string;
  /** The client's cursor after this event. No CR, LF or NUL. On channels the ids belong to the backplane. */
  id?: string;
  /** Milliseconds after which an EventSource reconnects, from now on. A whole number, 0 or more. */
  retry?: number;
  /** A comment that clients ignore. */
  comment?: string;
}

const EXPLICIT = Symbol('sse:event');
const FIELDS: ReadonlySet<string> = new Set(['data', 'id', 'type', 'retry', 'comment']);

/**
 * Says that this object is an event, also where its keys alone would not tell.
 *
 * @example
 * yield sseEvent({ type: 'refresh' });
 */
export function sseEvent(event: SseEvent): SseEvent {
  return Object.assign({ [EXPLICIT]: true }, event);
}

/**
 * Says that this value is the data of an event, also where it looks like an event itself.
 *
 * @example
 * yield sseData({ id: 7, data: 'a row that happens to have these columns' });
 */
export function sseData(data: unknown): SseEvent {
  return sseEvent({ data });
}

/**
 * What a handler yields: an object whose own keys are all an event's, with `data`, `comment` or `retry` among them, is
 * an event. Everything else is data.
 */
export function toSseEvent(value: unknown): SseEvent {
  return isSseEvent(value) ? value : { data: value };
}

/** Whether it was made by {@link sseEvent} or {@link sseData}. */
export function isExplicitEvent(value: object): value is SseEvent {
  return EXPLICIT in value;
}

function isSseEvent(value: unknown): value is SseEvent {
  if (typeof value !== 'object' || value === null) return false;
  if (isExplicitEvent(value)) return true;
  let tells = false;
  for (const key of Object.keys(value)) {
    if (!FIELDS.has(key)) return false;
    tells ||= key === 'data' || key === 'comment' || key === 'retry';
  }
  return tells;
}
