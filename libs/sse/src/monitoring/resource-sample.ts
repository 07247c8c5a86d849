/** What a look at the process has found, see `ResourceMonitor`. */
export interface ResourceSample {
  /** When. */
  readonly at: Date;
  /** CPU time since the look before, in % of one core: 200 for two cores that are busy. */
  readonly cpu: number;
  /** Cores that the process may use. */
  readonly cores: number;
  /** Resident memory, in bytes. */
  readonly rss: number;
  /** What RSS is measured against: the limit of the cgroup, or else the memory of the machine, in bytes. */
  readonly memoryLimit: number;
  /** `rss` in % of `memoryLimit`. */
  readonly memory: number;
  /** Used heap of JavaScript, in bytes. */
  readonly heapUsed: number;
  /** What the heap may grow to before the process ends with "out of memory", in bytes. */
  readonly heapLimit: number;
  /** `heapUsed` in % of `heapLimit`. */
  readonly heap: number;
  /** Of the machine, over the last minute. */
  readonly loadAverage: number;
  /** By how much the event loop was late since the look before, in milliseconds: 99 % of the time at most. */
  readonly eventLoopDelay: number;
  /** The longest that it was late, in milliseconds. */
  readonly eventLoopDelayMax: number;
  /** The part of the time in which the event loop was busy, in %. */
  readonly eventLoopUtilization: number;
  /** Open connections. */
  readonly connections: number;
  /** Events that this node has published since the look before, a second. */
  readonly publishes: number;
  /** Bytes that wait for slow clients, in % of `queue.maxTotalBytes`. */
  readonly queues: number;
}

/** The highest that each has been since the start. */
export type ResourcePeak = Readonly<
  Pick<
    ResourceSample,
    | 'cpu'
    | 'rss'
    | 'memory'
    | 'heapUsed'
    | 'heap'
    | 'loadAverage'
    | 'eventLoopDelay'
    | 'eventLoopDelayMax'
    | 'connections'
    | 'publishes'
    | 'queues'
  >
>;

export const NO_PEAK: ResourcePeak = {
  cpu: 0,
  rss: 0,
  memory: 0,
  heapUsed: 0,
  heap: 0,
  loadAverage: 0,
  eventLoopDelay: 0,
  eventLoopDelayMax: 0,
  connections: 0,
  publishes: 0,
  queues: 0,
};

export function higherOf(peak: ResourcePeak, sample: ResourceSample): ResourcePeak {
  const names = Object.keys(NO_PEAK) as (keyof ResourcePeak)[];
  return Object.fromEntries(names.map((name) => [name, Math.max(peak[name], sample[name])])) as unknown as ResourcePeak;
}
