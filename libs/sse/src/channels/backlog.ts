import { type SseConnection } from '../connections/sse-connection.js';

/** What has waited for a user, as the seam of his stream sees it. */
export interface Backlog {
  /**
   * Whether there is something that this stream is to have.
   *
   * @throws SseBackplaneError if the engine is away
   */
  waitsFor(connection: SseConnection): Promise<boolean>;
  /**
   * Sends what the catch-up will not bring, and resolves when the connection has taken all of it.
   *
   * @param cursor the number of the last event that the client has, if it says so in this log: up to there he has it all
   * @throws SseBackplaneError if the engine is away
   */
  send(connection: SseConnection, cursor: number | undefined): Promise<void>;
}
