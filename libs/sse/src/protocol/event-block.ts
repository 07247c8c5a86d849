import { SseEventError } from './sse-event-error.js';

/** An event whose data is text already: what travels between nodes, and what is written. */
export interface EventFields {
  /** The client's cursor after it. */
  readonly id?: string;
  /** Its type; `message` for clients if there is none. */
  readonly type?: string;
  /** Its data, serialised. */
  readonly data?: string;
  /** The client's reconnection time from now on, in milliseconds. */
  readonly retry?: number;
  /** A comment, which clients ignore. */
  readonly comment?: string;
}

const LINE_END = /\r\n|\r|\n/;

/**
 * The text of one event in an event stream, with the empty line that dispatches it.
 *
 * Ids and types are checked by {@link checkFields}: this function trusts them.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export function eventBlock({ id, type, data, retry, comment }: EventFields): string {
  let block = '';
  if (id !== undefined) block += `id: ${id}\n`;
  if (type) block += `event: ${type}\n`;
  if (retry !== undefined) block += `retry: ${retry}\n`;
  if (comment !== undefined) block += lines(': ', comment);
  // Browsers drop a block without a data line, so an event that has only a type is given an empty one.
  if (data !== undefined) block += lines('data: ', data);
  else if (type) block += 'data:\n';
  return `${block}\n`;
}

/**
 * Throws an {@link SseEventError} for what would break out of its line. A CR or LF in an id or a type is an injection
 * (CVE-2026-35515); with a NUL in it clients drop the id.
 */
export function checkFields({ id, type, retry }: EventFields): void {
  if (id !== undefined) checkLine('SSE_EVENT_ID', 'id', id);
  if (type !== undefined) checkLine('SSE_EVENT_TYPE', 'type', type);
  if (retry !== undefined && !(Number.isSafeInteger(retry) && retry >= 0)) {
    throw new SseEventError(
      'SSE_EVENT_RETRY',
      `The event's retry is ${String(retry)}: use a whole number of milliseconds, 0 or more.`,
    );
  }
}

/** Throws for a type of ours: applications that sent one would be taken for the library by their own clients. */
export function checkTypeIsFree(type: string | undefined): void {
  if (type?.startsWith('sse:')) {
    throw new SseEventError(
      'SSE_EVENT_TYPE',
      `The event type ${JSON.stringify(type)} begins with "sse:", which this library keeps for itself: choose another.`,
    );
  }
}

function checkLine(code: 'SSE_EVENT_ID' | 'SSE_EVENT_TYPE', field: string, value: unknown): void {
  if (typeof value !== 'string') {
    throw new SseEventError(code, `The event's ${field} is of type ${typeof value}: use a string.`);
  }

  if (/[\r\n\0]/.test(value)) {
    throw new SseEventError(
      code,
      `The event's ${field} ${JSON.stringify(value)} contains CR, LF or NUL, which would inject lines into the stream: remove them.`,
    );
  }
}

function lines(field: string, text: string): string {
  // Serialised JSON has no line ends: the usual event takes this way.
  if (!text.includes('\n') && !text.includes('\r')) return `${field}${text}\n`;
  return text
    .split(LINE_END)
    .map((line) => `${field}${line}\n`)
    .join('');
}
