import { SseError } from '../protocol/sse-error.js';

/** @throws SseError if it is no text, or an empty one: what names nobody must not be taken for somebody of that name */
export function filled(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new SseError('SSE_ARGUMENT', `${name} is ${JSON.stringify(value)}: use a string that is not empty.`);
}
