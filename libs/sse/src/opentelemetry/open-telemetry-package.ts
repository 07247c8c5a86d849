import type * as Api from '@opentelemetry/api';
import { createRequire } from 'node:module';
import { SseError } from '../index.js';

/** What is used of the package. */
export type OpenTelemetry = Pick<typeof Api, 'trace' | 'SpanKind' | 'SpanStatusCode'>;

/** The package is an optional peer: who does not use this entry does not need it. */
export function loadOpenTelemetry(): OpenTelemetry {
  try {
    return createRequire(import.meta.url)('@opentelemetry/api') as OpenTelemetry;
  } catch (error) {
    const message = 'openTelemetryTracer() needs a package that can not be loaded: npm install @opentelemetry/api';
    throw new SseError('SSE_PACKAGE', message, { cause: error });
  }
}
