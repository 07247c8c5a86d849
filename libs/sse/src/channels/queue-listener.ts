import { type ChannelReading } from '../connections/channel-reading.js';
import { type SseConnection } from '../connections/sse-connection.js';

/** A stream that is given what waits for its user. */
export type QueueListener = SseConnection & { readonly userId: string; readonly reading: ChannelReading };

/**
 * A raw stream has a protocol of its own, and one with a source of its own no cursor by which it could be said what has
 * arrived: neither is one.
 */
export function isQueueListener(connection: SseConnection): connection is QueueListener {
  const { listen, userId, reading, settings } = connection;
  return listen.user === true && userId !== undefined && reading !== undefined && !settings.raw;
}
