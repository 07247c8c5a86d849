import { SseEventError } from '../protocol/sse-event-error.js';

/** How an event is published. */
export interface PublishOptions {
  /** Who does not get it. */
  except?: { connections?: readonly string[]; users?: readonly string[] };
  /** What is shed first and what is flushed at once; never the order. Refused by this version. */
  priority?: 'low' | 'normal' | 'critical';
  /** Not sent after this many milliseconds. Refused by this version. */
  ttl?: number;
  /** A newer event of the same key replaces one that still waits for a slow client, at the end of its queue. */
  key?: string;
  /** Not recorded and without an id: who is typing, where a cursor is. */
  ephemeral?: boolean;
  /** The same key publishes once. Refused by this version. */
  idempotencyKey?: string;
}

const AVAILABLE: ReadonlySet<string> = new Set(['except', 'key', 'ephemeral']);

/** @throws SseEventError for an option that this version can't keep: silently ignored, it would be a broken promise */
export function checkPublishOptions(options: PublishOptions): void {
  for (const [key, value] of Object.entries(options)) {
    if (value === undefined || value === false || AVAILABLE.has(key)) continue;
    throw new SseEventError(
      'SSE_EVENT_OPTION',
      `The publish option ${key} is not available in this version: remove it. Available: ${[...AVAILABLE].join(', ')}.`,
    );
  }
  for (const [kind, names] of Object.entries(options.except ?? {})) {
    if ((kind === 'connections' || kind === 'users') && isListOfStrings(names)) continue;
    throw new SseEventError(
      'SSE_EVENT_OPTION',
      `The publish option except.${kind} is wrong: use { connections: [ids], users: [ids] } with lists of strings.`,
    );
  }
}

function isListOfStrings(names: unknown): boolean {
  return names === undefined || (Array.isArray(names) && names.every((name) => typeof name === 'string'));
}
