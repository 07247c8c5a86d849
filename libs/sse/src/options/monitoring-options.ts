/** From where on a quantity is too high. It has gone back once it is a tenth below, for two looks in a row. */
export interface SseThreshold {
  /** From here on it is watched, and the cheap measures are taken. */
  elevated?: number;
  /** From here on the process can't go on like this. */
  critical?: number;
}

/** See {@link SseMonitoringOptions.thresholds}. `null` switches one off. */
export interface SseThresholds {
  /** Open connections. Default: 70 and 90 % of `connections.max`; 5,000 and 8,000 where that is `null`. */
  connections?: SseThreshold | null;
  /** Resident memory of the process in % of what the cgroup, or else the machine, has. Default: 70 and 85. */
  memory?: SseThreshold | null;
  /** Used heap of JavaScript in % of what it may grow to (`--max-old-space-size`). Default: 80 and 92. */
  heap?: SseThreshold | null;
  /** CPU time of the process in % of one core. Default: 60 and 80. */
  cpu?: SseThreshold | null;
  /** Events published a second by this node. Only ever a warning. Default: 1,000 and 2,000. */
  publishes?: SseThreshold | null;
  /** What the event loop was late by, in milliseconds, 99 % of the time. Default: 50 and 200. */
  eventLoopDelay?: SseThreshold | null;
  /** Bytes that wait for slow clients, in % of `queue.maxTotalBytes`. Default: 50 and 80. */
  queues?: SseThreshold | null;
}

/** See {@link SseModuleOptions.monitoring}. */
export interface SseMonitoringOptions {
  /** How often the process is looked at. Default: 5,000. */
  interval?: number;
  /** When it is under pressure. */
  thresholds?: SseThresholds;
  /**
   * Shed load under pressure (event loop, memory, heap or queues), a step at each look: events are collected for longer, those
   * of low priority are left out, new connections are refused. Undone in reverse. Default: `true`.
   */
  degrade?: boolean;
  /** As the last step, close those with the longest queues, one in a hundred at each look. Default: `false`. */
  closeSlowest?: boolean;
}

/** A threshold with both values, or none. */
export type ThresholdSettings = Required<SseThreshold> | null;

/** The options of monitoring with their defaults. */
export interface MonitoringSettings extends Required<Omit<SseMonitoringOptions, 'thresholds'>> {
  readonly thresholds: Readonly<Record<keyof SseThresholds, ThresholdSettings>>;
}

const THRESHOLDS = {
  memory: { elevated: 70, critical: 85 },
  heap: { elevated: 80, critical: 92 },
  cpu: { elevated: 60, critical: 80 },
  publishes: { elevated: 1_000, critical: 2_000 },
  eventLoopDelay: { elevated: 50, critical: 200 },
  queues: { elevated: 50, critical: 80 },
};
const UNLIMITED = { elevated: 5_000, critical: 8_000 };

/** @param max as `connections.max` */
export function monitoringWithDefaults(
  { thresholds = {}, interval, degrade, closeSlowest }: SseMonitoringOptions = {},
  max: number | null,
): MonitoringSettings {
  const connections = max === null ? UNLIMITED : { elevated: Math.ceil(max * 0.7), critical: Math.ceil(max * 0.9) };
  const defaults: Record<keyof SseThresholds, Required<SseThreshold>> = { connections, ...THRESHOLDS };
  const settings = Object.entries(defaults).map(([name, ours]) => [
    name,
    filledIn(thresholds[name as keyof SseThresholds], ours),
  ]);
  return {
    interval: interval ?? 5_000,
    degrade: degrade ?? true,
    closeSlowest: closeSlowest ?? false,
    thresholds: Object.fromEntries(settings) as MonitoringSettings['thresholds'],
  };
}

function filledIn(given: SseThreshold | null | undefined, ours: Required<SseThreshold>): ThresholdSettings {
  if (given === null) return null;
  return { elevated: given?.elevated ?? ours.elevated, critical: given?.critical ?? ours.critical };
}
