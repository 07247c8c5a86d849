import { type collectDefaultMetrics, type Registry } from 'prom-client';
import { SseError } from '../index.js';

/** What is used of the package. */
export interface PrometheusPackage {
  readonly Registry: typeof Registry;
  readonly collectDefaultMetrics: typeof collectDefaultMetrics;
}

/** The package is an optional peer: who does not use this entry does not need it. */
export async function loadPrometheus(): Promise<PrometheusPackage> {
  try {
    const { Registry, collectDefaultMetrics } = await import('prom-client');
    return { Registry, collectDefaultMetrics };
  } catch (error) {
    const message = "SsePrometheusModule needs a package that can't be loaded: npm install prom-client";
    throw new SseError('SSE_PACKAGE', message, { cause: error });
  }
}
