/** What clients that stop reading got when they read again, all of them together. */
export interface Regained {
  events: number;
  /** Of these, those that came out of order, or a second time. */
  disordered: number;
  /** Events that are missing without a word. */
  gaps: number;
  /** Told: load this anew. */
  resets: number;
}

/** What the process with the clients that stop reading can be asked for. */
export interface StallingCommands {
  /** Opens all of them, through a Unix socket. */
  open: { takes: { path: string; connections: number }; gives: null };
  stopReading: { takes: null; gives: null };
  /** Resolves when each has the event of this id, or was told to go on from there; gives what all got since they stopped. */
  readAgain: { takes: { until: string }; gives: Regained };
}
