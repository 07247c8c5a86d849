import { type EventPriority } from '../backplane/channel-message.js';
import { SseEventError } from '../protocol/sse-event-error.js';

/** How an event is published. */
export interface PublishOptions {
  /** Who does not get it, neither now nor when it is replayed. */
  except?: {
    /** Ids of connections. */
    connections?: readonly string[];
    /** Ids of users. */
    users?: readonly string[];
  };
  /**
   * `low` is shed first where a client is too slow; `critical` is flushed at once, and shed last. Never the order. Default:
   * `normal`.
   */
  priority?: EventPriority;
  /** Neither sent nor replayed when so many milliseconds have passed since it was published. Default: no end. */
  ttl?: number;
  /** A newer event of the same key replaces one that still waits for a slow client, at the end of its queue. */
  key?: string;
  /** Not recorded and without an id: who is typing, where a cursor is. */
  ephemeral?: boolean;
  /** A second publish of the same key within an hour does nothing, and has the id of the first. */
  idempotencyKey?: string;
}

const PRIORITIES: ReadonlySet<unknown> = new Set<EventPriority>(['low', 'normal', 'critical']);
const KNOWN: ReadonlySet<string> = new Set(['except', 'priority', 'ttl', 'key', 'ephemeral', 'idempotencyKey']);

/** @throws SseEventError for an option that is unknown, or has a value that it can't have: ignored, it would be a broken promise */
export function checkPublishOptions(options: PublishOptions): void {
  for (const key of Object.keys(options)) {
    if (key === 'queue') refuseOption('queue is for users alone', 'publish with toUser(), or leave it out');
    if (!KNOWN.has(key)) refuseOption(`${key} is unknown`, `use ${[...KNOWN].join(', ')}`);
  }
  const { priority, ttl, key, ephemeral, idempotencyKey, except = {} } = options;
  if (priority !== undefined && !PRIORITIES.has(priority))
    refuseOption(`priority is ${show(priority)}`, `use 'low', 'normal' or 'critical'`);
  if (ttl !== undefined && !(Number.isFinite(ttl) && ttl > 0))
    refuseOption(`ttl is ${show(ttl)}`, 'use milliseconds above 0');
  checkText('key', key);
  checkText('idempotencyKey', idempotencyKey);
  if (ephemeral === true && idempotencyKey !== undefined) {
    refuseOption(
      'idempotencyKey goes with ephemeral',
      'an ephemeral event has no id by which it is known again: leave one of them out',
    );
  }
  for (const [kind, names] of Object.entries(except)) {
    if ((kind === 'connections' || kind === 'users') && isListOfStrings(names)) continue;
    refuseOption(`except.${kind} is wrong`, 'use { connections: [ids], users: [ids] } with lists of strings');
  }
}

function checkText(name: string, value: unknown): void {
  if (value === undefined || (typeof value === 'string' && value !== '' && value.length <= 1_024)) return;
  refuseOption(`${name} is ${show(value)}`, 'use a string of 1 to 1,024 characters');
}

/** @throws SseEventError always */
export function refuseOption(what: string, mend: string): never {
  throw new SseEventError('SSE_EVENT_OPTION', `The publish option ${what}: ${mend}.`);
}

function show(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function isListOfStrings(names: unknown): boolean {
  return names === undefined || (Array.isArray(names) && names.every((name) => typeof name === 'string'));
}
