export {
  type SsePrometheusEndpoint,
  type SsePrometheusOptions,
  type SsePrometheusOptionsFactory,
  type SsePrometheusRegistry,
} from './sse-prometheus-options.js';
export { SsePrometheus } from './sse-prometheus.js';
export { SsePrometheusModule } from './sse-prometheus.module.js';
