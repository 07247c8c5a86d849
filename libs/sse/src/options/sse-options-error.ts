import { SseError } from '../protocol/sse-error.js';

/** An option that can't be used. It stops the application at its start. */
export class SseOptionsError extends SseError {
  constructor(
    /** The option, such as `connections.max`. */
    readonly key: string,
    /** What it was set to. */
    readonly value: unknown,
    mend: string,
  ) {
    super('SSE_OPTIONS', `The option ${key} is ${show(value)}: ${mend}.`);
  }
}

function show(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value);
  if (typeof value === 'number') return String(value);
  try {
    return value === undefined ? 'undefined' : JSON.stringify(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
