import { type SseRefusedException } from '../connections/sse-refused.exception.js';
import { type ResolvedOptions } from '../options/resolved-options.js';
import { type HttpExchange } from '../transport/http-exchange.js';

/** Whether this refusal is answered by a stream that only says when to come back. */
export function isRefusedByRetry(exchange: HttpExchange, style: ResolvedOptions['connections']['refusal']): boolean {
  return style === 'retry' || (style === 'auto' && isBrowserEventSource(exchange));
}

/** Answers 200 with nothing but the time after which to come back: EventSource gives up for good on anything else. */
export function answerRetry(exchange: HttpExchange, refusal: SseRefusedException): void {
  const { retryAfter, isLast } = refusal;
  exchange.takeOver();
  const { response } = exchange;
  response.statusCode = 200;
  response.setHeader('Content-Type', 'text/event-stream');
  response.setHeader('Cache-Control', 'no-store');
  if (isLast && !exchange.isHttp2) response.setHeader('Connection', 'close');
  response.end(`retry: ${retryAfter}\n\n`);
}

/** What an exception filter then answers tells when to come back. */
export function announceRetry(exchange: HttpExchange, refusal: SseRefusedException): void {
  const { retryAfter, isLast } = refusal;
  // A server that closes waits for sockets that are kept alive.
  if (isLast && !exchange.isHttp2) exchange.setHeader('Connection', 'close');
  if (retryAfter !== undefined) exchange.setHeader('Retry-After', String(Math.max(1, Math.ceil(retryAfter / 1_000))));
}

/** A reconnect to a stream that ended for good: after a 204 EventSource does not come back. */
export function answerEnded(exchange: HttpExchange): void {
  exchange.takeOver();
  const { response } = exchange;
  response.statusCode = 204;
  response.setHeader('Cache-Control', 'no-store');
  response.end();
}

/** What a media range may look like that covers an event stream, from the most specific to the least. */
const RANGES = ['text/event-stream', 'text/*', '*/*'];

/**
 * Whether the client takes an event stream: the most specific range that covers it decides. Without `Accept` it takes
 * anything.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1
 */
export function acceptsEventStream(accept: string | undefined): boolean {
  // What EventSource sends needs no reading.
  if (accept === undefined || accept === 'text/event-stream' || accept.trim() === '') return true;
  const ranges = accept.split(',').map((range) => range.split(';').map((part) => part.trim().toLowerCase()));
  for (const wanted of RANGES) {
    const range = ranges.find(([type]) => type === wanted);
    if (range) return !range.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  }
  return false;
}

/** An EventSource asks for nothing but an event stream; browsers say so in one of these ways. */
function isBrowserEventSource(exchange: HttpExchange): boolean {
  if (exchange.method !== 'GET' || exchange.header('accept')?.trim() !== 'text/event-stream') return false;
  const isBrowser = exchange.header('user-agent')?.startsWith('Mozilla/') ?? false;
  return isBrowser || exchange.header('sec-fetch-mode') !== undefined;
}
