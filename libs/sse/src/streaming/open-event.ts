import { type SseConnection } from '../connections/sse-connection.js';
import { eventBlock } from '../protocol/event-block.js';
import { Frame } from '../protocol/frame.js';

/** The first bytes of a stream that is told who it is: what all begin with, and `sse:open`, in one piece. */
export function withOpenEvent(opening: Frame, connection: SseConnection): Frame {
  const { id: connectionId, settings } = connection;
  if (settings.raw || !settings.connections.openEvent) return opening;
  const event = eventBlock({ type: 'sse:open', data: JSON.stringify({ connectionId }) });
  return new Frame(opening.payload.toString() + event, { id: opening.id });
}
