export { openTelemetryTracer } from './open-telemetry-tracer.js';
