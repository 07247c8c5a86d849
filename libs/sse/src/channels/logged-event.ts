import { type ChannelMessage, type PassedMessage } from '../backplane/channel-message.js';
import { type SseConnection } from '../connections/sse-connection.js';
import { frameOf } from '../protocol/event-encoder.js';
import { type Frame } from '../protocol/frame.js';

/** An event of a channel as this node keeps it: encoded, with what its way to a connection depends on. */
export interface LoggedEvent {
  readonly frame: Frame;
  readonly sequence: number;
  /** The number of the recorded event before it in its channel. */
  readonly previous: number;
  readonly except: ChannelMessage['except'];
  /** It waits in the queue of its user too. */
  readonly queued: boolean;
  /** The memory that it takes, estimated: its objects beside its bytes. */
  readonly weight: number;
  /** When it was published, by the monotonic clock of this process. */
  readonly publishedAt: number;
}

/**
 * What the objects of one event take, its place in a log and a compressed form included: 1,113 bytes in all were measured for
 * an event of 238, and 578 where nobody takes it compressed.
 */
const OVERHEAD = 896;

export function loggedEvent(message: PassedMessage, now: number): LoggedEvent {
  const { channel, key, sequence, previous, except, ttl, age, priority, queued = false } = message;
  const publishedAt = now - age;
  const expires = ttl === undefined ? undefined : publishedAt + ttl;
  // Keys are a channel's own: the same one on another channel is another thing.
  const keyWithin = key === undefined ? undefined : `${channel}\n${key}`;
  const frame = frameOf(message, { key: keyWithin, sequence, expires, publishedAt, priority });
  return { frame, sequence, previous, except, queued, weight: frame.bytes + OVERHEAD, publishedAt };
}

export function isExcluded(connection: SseConnection, except: NonNullable<ChannelMessage['except']>): boolean {
  if (except.connections?.includes(connection.id)) return true;
  return connection.userId !== undefined && (except.users?.includes(connection.userId) ?? false);
}
