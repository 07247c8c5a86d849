import { type AllocationSite } from '../profile/allocations.js';
import { type CpuSite } from '../profile/cpu.js';

/** What the server of a contender can be asked for. */
export interface ServerCommands {
  start: { takes: null; gives: { port: number } };
  /** Publishes so many events within one tick. */
  publish: { takes: number; gives: null };
  /** CPU time of the process so far, in µs. */
  cpu: { takes: null; gives: { user: number; system: number } };
  /** Bytes, after a collection. */
  memory: { takes: null; gives: { heap: number; rss: number } };
  startAllocationProfile: { takes: null; gives: null };
  stopAllocationProfile: { takes: null; gives: AllocationSite[] };
  startCpuProfile: { takes: null; gives: null };
  stopCpuProfile: { takes: null; gives: CpuSite[] };
}
