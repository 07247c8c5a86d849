import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { SsePermissions, SsePermissionsGuard } from 'nestjs-event-stream';
import { SseDashboardModule } from 'nestjs-event-stream/dashboard';
import { SsePrometheusModule } from 'nestjs-event-stream/prometheus';
import { SseHealthIndicator } from 'nestjs-event-stream/terminus';
import { ADMIN } from '../session/permissions.js';
import { HealthController } from './health.controller.js';
import { MetricsController } from './metrics.controller.js';

/** What those look at who run the chat: whether it is well, in numbers, and live. */
@Module({
  imports: [
    // It would log each answer of 503, and a load balancer asks every few seconds. Why Redis is away is in the log already.
    TerminusModule.forRoot({ logger: false }),
    SsePrometheusModule.register({ path: false }),
    // The guard of sessions is everywhere, so here it is only asked what the session may do.
    SseDashboardModule.register({
      path: '/dashboard',
      guards: [SsePermissionsGuard],
      decorators: [SsePermissions(ADMIN)],
    }),
  ],
  controllers: [HealthController, MetricsController],
  providers: [SseHealthIndicator],
})
export class OperationsModule {}
