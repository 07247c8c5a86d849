import { SseOptionsError } from '../index.js';
import { loadPrometheus } from './prometheus-package.js';
import {
  type SsePrometheusEndpoint,
  type SsePrometheusOptions,
  type SsePrometheusRegistry,
} from './sse-prometheus-options.js';

/** The options with their defaults, checked. */
export interface PrometheusSettings {
  readonly prefix: string;
  readonly registry: SsePrometheusRegistry;
  readonly defaultMetrics: boolean;
}

export const PROMETHEUS_SETTINGS = Symbol('SSE_PROMETHEUS_SETTINGS');

const KEYS: readonly string[] = ['prefix', 'registry', 'defaultMetrics'] satisfies (keyof SsePrometheusOptions)[];
const ENDPOINT_KEYS: readonly string[] = ['path', 'guards', 'isGlobal'] satisfies (keyof SsePrometheusEndpoint)[];

/**
 * @throws SseOptionsError for the first option that is wrong
 * @throws SseError where prom-client is not installed
 */
export async function prometheusSettings(options: SsePrometheusOptions): Promise<PrometheusSettings> {
  const stranger = Object.keys(options).find((key) => !KEYS.includes(key));
  if (stranger !== undefined) {
    const known = [...ENDPOINT_KEYS, ...KEYS].join(', ');
    fail(stranger, options[stranger as keyof SsePrometheusOptions], `there is no such option: use ${known}`);
  }
  const { prefix = 'sse_', registry, defaultMetrics = false } = options;
  if (typeof prefix !== 'string' || !/^([a-zA-Z_][a-zA-Z0-9_]*)?$/.test(prefix)) {
    fail('prefix', prefix, 'use letters, digits and underscores, and no digit first');
  }
  if (typeof defaultMetrics !== 'boolean') fail('defaultMetrics', defaultMetrics, 'use true or false');
  if (registry !== undefined && !isRegistry(registry)) {
    fail('registry', typeof registry, 'give a Registry of prom-client, or leave it out');
  }
  return { prefix, defaultMetrics, registry: registry ?? new (await loadPrometheus()).Registry() };
}

/** @throws SseOptionsError for the first option that is wrong */
export function checkEndpoint({ path, guards }: Required<SsePrometheusEndpoint>): void {
  if (path !== false && (typeof path !== 'string' || path === '')) {
    fail('path', path, "use a path such as '/metrics', or false for no endpoint");
  }
  if (!Array.isArray(guards)) fail('guards', guards, 'use a list of guards');
}

/** A registry may come from another copy of the package, so its class is not asked for. */
function isRegistry(value: unknown): boolean {
  const registry = value as Partial<Record<string, unknown>> | null;
  return ['registerMetric', 'removeSingleMetric', 'metrics'].every((name) => typeof registry?.[name] === 'function');
}

function fail(key: string, value: unknown, mend: string): never {
  throw new SseOptionsError(`SsePrometheusModule.${key}`, value, mend);
}
