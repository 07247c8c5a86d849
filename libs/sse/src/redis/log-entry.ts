import { type PassedMessage } from '../backplane/channel-message.js';
import { formatEventId } from '../index.js';
import { readMessage } from './stream-item.js';

/** An entry of a Redis stream as a script returns it: its id, and fields each followed by its value. */
export type StreamEntry = readonly [id: string, fields: readonly string[]];

/** A record of a channel, as it was read. */
export interface StoredEntry {
  readonly channel: string;
  readonly epoch: string;
  readonly sequence: number;
  readonly fields: readonly string[];
  /** When it was read, by the engine's clock. */
  readonly now: number;
}

/** A recorded message of a channel. */
export interface LogEntry {
  readonly channel: string;
  readonly sequence: number;
  /** The number before it in its channel; not a number if the record is of an unknown version. */
  readonly previous: number;
  /** When it was recorded, by the engine's clock. */
  readonly recordedAt: number;
  /** Nothing if the record is of a version that is not known here, or of somebody else. */
  readonly message: PassedMessage | undefined;
}

export function storedEntry(channel: string, epoch: string, [id, fields]: StreamEntry, now: number): StoredEntry {
  return { channel, epoch, sequence: sequenceOf(id), fields, now };
}

export function readEntry({ channel, epoch, sequence, fields, now }: StoredEntry): LogEntry {
  const { v: version, p, t, m } = fieldsOf(fields);
  const isKnown = version === '1' && p !== undefined && t !== undefined && m !== undefined;
  const message = isKnown ? readMessage(channel, m) : undefined;
  const previous = isKnown ? Number(p) : NaN;
  const recordedAt = isKnown ? Number(t) : NaN;
  if (!message) return { channel, sequence, previous, recordedAt, message };
  // The engine's clock may have been set back meanwhile.
  const age = Math.max(0, now - recordedAt);
  const passed = { ...message, id: formatEventId({ epoch, sequence }), sequence, previous, age };
  return { channel, sequence, previous, recordedAt, message: passed };
}

export function sequenceOf(id: string): number {
  return Number.parseInt(id, 10);
}

export function fieldsOf(fields: readonly string[]): Partial<Record<string, string>> {
  const result: Partial<Record<string, string>> = {};
  for (let index = 0; index + 1 < fields.length; index += 2) result[fields[index] ?? ''] = fields[index + 1];
  return result;
}
