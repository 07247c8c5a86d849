import { type PressureLevel, type SheddingStep, type SseDrainState } from '../index.js';
import { type ExportedMetric, gauge, samplesBy } from './exported-metric.js';

const LEVELS: Record<PressureLevel, number> = { normal: 0, elevated: 1, critical: 2 };
const STEPS: Record<SheddingStep, number> = { none: 0, batching: 1, 'low-priority': 2, refusing: 3, closing: 4 };
const DRAIN: Record<SseDrainState, number> = { serving: 0, leaving: 1, draining: 2, drained: 3 };

/** How the node is. */
export const STATE_METRICS: readonly ExportedMetric[] = [
  gauge('pressure_level', 'How each quantity stands to its thresholds: 0 normal, 1 elevated, 2 critical.', (state) =>
    samplesBy('watched', mapped(state.levels, LEVELS)),
  ),
  gauge(
    'shedding_step',
    'Load shedding: 0 none, 1 batching, 2 low-priority, 3 refusing, 4 closing.',
    ({ shedding }) => STEPS[shedding],
  ),
  gauge('backplane_up', 'Whether the engine behind the backplane answers.', ({ backplane }) =>
    backplane.status === 'up' ? 1 : 0,
  ),
  gauge(
    'drain_state',
    'Giving up its streams: 0 serving, 1 leaving, 2 draining, 3 drained.',
    ({ drain }) => DRAIN[drain],
  ),
  gauge('uptime_seconds', 'Since the start.', ({ uptime }) => uptime / 1_000),
  gauge('node_info', "Always 1; the label is the node's id, as in the log.", ({ node }) =>
    samplesBy('node', { [node]: 1 }),
  ),
];

function mapped<Key extends string, Value extends string>(
  record: Readonly<Record<Key, Value>>,
  numbers: Readonly<Record<Value, number>>,
): Record<string, number> {
  return Object.fromEntries(Object.entries<Value>(record).map(([key, value]) => [key, numbers[value]]));
}
