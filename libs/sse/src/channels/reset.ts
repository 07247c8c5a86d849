import { frameOf } from '../protocol/event-encoder.js';
import { formatEventId, type LogPosition } from '../protocol/event-id.js';
import { type Frame } from '../protocol/frame.js';

/**
 * Why a client can't be given what it has missed:
 *
 * - `unknown`: its `Last-Event-ID` is none of this library's · `epoch`: it is of another log, as after a restart
 * - `ahead`: it is of an event that was never published · `history`: the history does not reach back so far
 * - `backplane`: the engine could not be read
 */
export type ResetReason = 'unknown' | 'epoch' | 'ahead' | 'history' | 'backplane';

/** What a client is told that can't be given what it has missed. */
export interface Reset {
  readonly reason: ResetReason;
  /** Of which it is to load the state anew. */
  readonly channels: readonly string[];
  /** Everything behind this position follows. */
  readonly goesOn: LogPosition;
}

/**
 * Tells a client to load the state of these channels anew. Its id is where the stream goes on; it has none where something
 * else comes first that the client is not to miss: cut before that, it is told again.
 *
 * It has no number, since no history gives it again to a client that falls behind, and is the last to give way.
 */
export function resetFrame(reason: ResetReason, channels: readonly string[], goesOn: LogPosition | undefined): Frame {
  const data = JSON.stringify({ reason, channels });
  const id = goesOn && formatEventId(goesOn);
  return frameOf({ type: 'sse:reset', data, id }, { priority: 'critical', isControl: true });
}
