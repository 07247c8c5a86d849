import { type SseConnection } from '../connections/sse-connection.js';

/** At most so many of those whose clients do not read, the one that most is held for first. */
export function longestQueues(connections: readonly SseConnection[], count: number): SseConnection[] {
  return connections
    .filter(({ isBlocked }) => isBlocked)
    .sort((one, other) => other.heldBytes - one.heldBytes)
    .slice(0, count);
}
