import { type QueuedMessage } from '../backplane/queue-port.js';
import { monotonicNow } from '../connections/monotonic.js';
import { frameOf } from '../protocol/event-encoder.js';
import { type Frame } from '../protocol/frame.js';

/**
 * A message of a queue, encoded for one connection. It has no number: the connection takes it although its place in the log
 * is further on. And it has its id only where that may move the client's cursor.
 */
export function queueFrame({ id, message }: QueuedMessage, movesCursor: boolean): Frame {
  const { type, data, retry, comment, channel, key, priority, ttl } = message;
  const fields = { id: movesCursor ? id : undefined, type, data, retry, comment };
  // As for events of the log: keys are a channel's own.
  const keyWithin = key === undefined ? undefined : `${channel}\n${key}`;
  // The engine, which knows its age, has just sorted out what is over: here it waits no longer than it may live.
  const expires = ttl === undefined ? undefined : monotonicNow() + ttl;
  return frameOf(fields, { key: keyWithin, expires, priority });
}
