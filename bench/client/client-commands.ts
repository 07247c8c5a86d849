import { type Contender } from '../contenders.js';

/** What the process with the clients can be asked for. */
export interface ClientCommands {
  /** Opens all and fails if one does not. Gives how long it took, in ms. */
  open: {
    takes: {
      port: number;
      /** Of the streams. */
      path: string;
      protocol: Contender['protocol'];
      acceptEncoding: Contender['acceptEncoding'];
      connections: number;
      concurrency: number;
      lastEventId?: string;
    };
    gives: { milliseconds: number };
  };
  /** Answers once so many events have arrived in all. */
  received: { takes: number; gives: null };
  counts: { takes: null; gives: { events: number; bytes: number } };
  /** The fewest and the most events that one client has; event streams only. */
  spread: { takes: null; gives: { least: number; most: number } };
  /** CPU time of the process so far, in µs. */
  cpu: { takes: null; gives: { user: number; system: number } };
  cut: { takes: null; gives: null };
}
