export { isDashboardStream } from './dashboard-streams.js';
export { SseDashboardModule } from './sse-dashboard.module.js';
export { type SseDashboardOptions } from './sse-dashboard-options.js';
