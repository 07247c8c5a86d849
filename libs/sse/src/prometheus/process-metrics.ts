import { type ExportedMetric, gauge } from './exported-metric.js';

/** What the process uses, as the ResourceMonitor has found it at its last look. */
export const PROCESS_METRICS: readonly ExportedMetric[] = [
  gauge('cpu_usage_cores', 'CPU time over the last look: 1 is one core that is busy.', ({ resources }) =>
    fraction(resources.cpu),
  ),
  gauge('cpu_usage_peak_cores', 'The highest CPU time over a look.', ({ peak }) => fraction(peak.cpu)),
  gauge('cpu_limit_cores', 'Cores that the process may use.', ({ resources }) => resources.cores),
  gauge('load_average', 'Load average of the machine over a minute.', ({ resources }) => resources.loadAverage),
  gauge('resident_memory_bytes', 'Resident memory.', ({ resources }) => resources.rss),
  gauge('resident_memory_peak_bytes', 'The most resident memory.', ({ peak }) => peak.rss),
  gauge('memory_limit_bytes', 'The limit of the cgroup, or else the memory of the machine.', ({ resources }) => {
    return resources.memoryLimit;
  }),
  gauge('heap_used_bytes', 'Used heap of JavaScript.', ({ resources }) => resources.heapUsed),
  gauge('heap_limit_bytes', 'What the heap may grow to.', ({ resources }) => resources.heapLimit),
  gauge('event_loop_delay_seconds', 'By how much the event loop was late, 99 % of the time at most.', (state) =>
    seconds(state.resources.eventLoopDelay),
  ),
  gauge('event_loop_delay_max_seconds', 'The longest that the event loop was late over the last look.', (state) =>
    seconds(state.resources.eventLoopDelayMax),
  ),
  gauge('event_loop_delay_peak_seconds', 'The longest that the event loop was ever late.', ({ peak }) =>
    seconds(peak.eventLoopDelayMax),
  ),
  gauge('event_loop_utilization_ratio', 'The part of the time in which the event loop was busy.', ({ resources }) =>
    fraction(resources.eventLoopUtilization),
  ),
];

function fraction(percent: number): number {
  return percent / 100;
}

function seconds(milliseconds: number): number {
  return milliseconds / 1_000;
}
