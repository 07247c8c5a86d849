/** How long events took from their publication to their receipt, in ms. */
export interface Latencies {
  p50: number;
  p99: number;
}

/** What the process with the clients of several nodes can be asked for. */
export interface ReceiptCommands {
  /** Opens so many streams to each of these ports. */
  open: { takes: { ports: number[]; connectionsEach: number }; gives: null };
  /** Resolves when every client has had so many events in all; with the latencies of those that came since it was last asked. */
  received: { takes: number; gives: Latencies };
}
