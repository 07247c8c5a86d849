import { Controller, Get, Header } from '@nestjs/common';
import { HealthCheck, type HealthCheckResult, HealthCheckService, type HealthIndicatorResult } from '@nestjs/terminus';
import { SseHealthIndicator } from 'nestjs-event-stream/terminus';
import { WithoutSession } from '../session/without-session.decorator.js';

/** For load balancers and for whatever starts processes anew: 200 or 503. They have no session, and ask from anywhere. */
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly sse: SseHealthIndicator,
  ) {}

  /** Whether new people should be sent here: not while this process drains, nor while its Redis is away. */
  @Get('ready')
  @WithoutSession(true)
  @HealthCheck()
  ready(): Promise<HealthCheckResult> {
    return this.health.check([() => this.sse.isReady('sse')]);
  }

  /**
   * Whether this process should go on. To start it anew brings no Redis back, and cuts everybody's stream. It does not ask
   * Terminus, which says 503 as soon as Nest shuts down: whoever drains is not to be killed for it.
   */
  @Get('live')
  @WithoutSession(true)
  @Header('Cache-Control', 'no-store')
  live(): Promise<HealthIndicatorResult> {
    return this.sse.isLive('sse');
  }
}
