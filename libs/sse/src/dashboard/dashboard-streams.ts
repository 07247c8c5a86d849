import { type SseConnection } from '../index.js';

const streams = new WeakSet<SseConnection>();

export function markDashboardStream(connection: SseConnection): void {
  streams.add(connection);
}

/**
 * Whether a stream is a dashboard's own. It is counted and limited as any other, but takes no events of the application.
 *
 * @example
 * @OnSseOpen()
 * async greet(connection: SseConnection): Promise<void> {
 *   if (!isDashboardStream(connection)) connection.send({ type: 'hello', data: connection.userId });
 * }
 */
export function isDashboardStream(connection: SseConnection): boolean {
  return streams.has(connection);
}
