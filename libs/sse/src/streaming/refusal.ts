import { type SseRefusedException } from '../connections/sse-refused.exception.js';
import { type ResolvedOptions } from '../options/resolved-options.js';
import { type HttpExchange } from '../transport/http-exchange.js';

/** Whether this refusal is answered by a stream that only says when to come back. */
export function isRefusedByRetry(exchange: HttpExchange, style: ResolvedOptions['connections']['refusal']): boolean {
  return style === 'retry' || (style === 'auto' && isBrowserEventSource(exchange));
}

/** Answers 200 with nothing but the time after which to come back: EventSource gives up for good on anything else. */
export function answerRetry(exchange: HttpExchange, retryAfter: number): void {
  exchange.takeOver();
  const { response } = exchange;
  response.statusCode = 200;
  response.setHeader('Content-Type', 'text/event-stream');
  response.setHeader('Cache-Control', 'no-store');
  response.end(`retry: ${retryAfter}\n\n`);
}

/** What an exception filter then answers tells when to come back. */
export function announceRetry(exchange: HttpExchange, { retryAfter }: SseRefusedException): void {
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

/** Whether the client takes an event stream (RFC 9110, section 12.5.1). Without `Accept` it takes anything. */
export function acceptsEventStream(accept: string | undefined): boolean {
  if (accept === undefined || accept.trim() === '') return true;
  return accept.split(',').some((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const isRefused = parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
    return !isRefused && (type === 'text/event-stream' || type === 'text/*' || type === '*/*');
  });
}

/** An EventSource asks for nothing but an event stream; browsers say so in one of these ways. */
function isBrowserEventSource(exchange: HttpExchange): boolean {
  if (exchange.method !== 'GET' || exchange.header('accept')?.trim() !== 'text/event-stream') return false;
  const isBrowser = exchange.header('user-agent')?.startsWith('Mozilla/') ?? false;
  return isBrowser || exchange.header('sec-fetch-mode') !== undefined;
}
