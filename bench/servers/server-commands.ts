import { type AllocationSite } from '../profile/allocations.js';
import { type CpuSite } from '../profile/cpu.js';
import { type Stalls } from '../profile/stalls.js';

/** From one heartbeat of a stream of ours on `/beating` to the next, in ms. */
export const HEARTBEAT_INTERVAL = 5_000;

/** How the server of a contender starts. */
export interface StartOptions {
  /** A Unix socket that it listens on too. */
  socketPath?: string;
  /** The Redis that its nodes share. */
  redisUrl?: string;
}

/** What waits in the server for clients that do not read. */
export interface Waiting {
  /** Connections for which something waits. */
  connections: number;
  /** Events that wait, for all of them together. */
  events: number;
}

/** What the server of a contender can be asked for. */
export interface ServerCommands {
  start: { takes: StartOptions; gives: { port: number } };
  /** Publishes so many events within one tick. Gives the id of the last, where the server gives ids. */
  publish: { takes: number; gives: string | undefined };
  /** CPU time of the process so far, in µs. */
  cpu: { takes: null; gives: { user: number; system: number } };
  /** Bytes, after a collection; `external` are those of buffers. */
  memory: { takes: null; gives: { heap: number; external: number; rss: number } };
  startAllocationProfile: { takes: null; gives: null };
  stopAllocationProfile: { takes: null; gives: AllocationSite[] };
  startCpuProfile: { takes: null; gives: null };
  stopCpuProfile: { takes: null; gives: CpuSite[] };
  startStallWatch: { takes: null; gives: null };
  stopStallWatch: { takes: null; gives: Stalls };

  // Of the servers of ours only:
  /** Open now. */
  connections: { takes: null; gives: number };
  waiting: { takes: null; gives: Waiting };
  /** How often the engine behind the backplane was asked for the history of a channel, the most of any channel. */
  engineReads: { takes: null; gives: number };
  /** Heartbeats that were written so far. */
  heartbeats: { takes: null; gives: number };
  /** Publishes by the clock, whatever becomes of the events before. Gives how many, once all were accepted. */
  publishByClock: { takes: { perSecond: number; milliseconds: number }; gives: number };
  /** Publishes as fast as events are accepted, so many on their way at once. Gives how many. */
  publishFlatOut: { takes: { onTheirWay: number; milliseconds: number }; gives: number };
  /** Sends something large, that is not recorded, to those who are to stall. */
  ballast: { takes: null; gives: null };
}
