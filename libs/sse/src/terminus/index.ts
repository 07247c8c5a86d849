export { type SseReadinessOptions } from './readiness.js';
export { SseHealthIndicator } from './sse-health.indicator.js';
