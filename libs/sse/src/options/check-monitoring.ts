import { type MonitoringSettings } from './monitoring-options.js';
import { SseOptionsError } from './sse-options-error.js';

/** Throws for a threshold that would be critical before it is elevated, such as a default beside a value that was chosen. */
export function checkMonitoring({ thresholds }: MonitoringSettings): void {
  for (const [name, threshold] of Object.entries(thresholds)) {
    if (!threshold || threshold.elevated <= threshold.critical) continue;
    throw new SseOptionsError(
      `monitoring.thresholds.${name}`,
      threshold,
      'elevated is higher than critical: give both, the lower one as elevated',
    );
  }
}
