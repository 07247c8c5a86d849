import { type SseConnection } from '../connections/sse-connection.js';
import { type LogPosition } from '../protocol/event-id.js';

/** What has waited for a user, as the seam of his stream sees it. */
export interface Backlog {
  /**
   * Whether there is something that this stream is to have. A promise where somebody has to be asked.
   *
   * @throws SseBackplaneError if the engine is away
   */
  waitsFor(connection: SseConnection): Promise<boolean> | false;
  /**
   * Sends what the catch-up will not bring, and resolves when the connection has taken all of it.
   *
   * @param cursor the number of the last event that the client has, if it says so in this log: up to there he has it all
   * @throws SseBackplaneError if the engine is away
   */
  send(connection: SseConnection, cursor: number | undefined): Promise<void>;
  /**
   * Sends what was lost on its way to an open stream and waits for its user all the same, up to a position; nothing if these
   * channels have none of it. It is sent before the stream is told of the loss: that moves the client's cursor, and up to
   * there he is taken to have it all. It never rejects: a stream that it can't be sent to is sent away.
   */
  recover(connection: SseConnection, channels: readonly string[], position: LogPosition): Promise<void> | undefined;
}
