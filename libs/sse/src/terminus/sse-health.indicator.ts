import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type HealthIndicatorResult, type HealthIndicatorService } from '@nestjs/terminus';
import { SseDrain, SseMetrics } from '../index.js';
import { healthDetails } from './health-details.js';
import { readiness, type SseReadinessOptions } from './readiness.js';
import { loadTerminus } from './terminus-package.js';

/**
 * The health of this node's streams for `@nestjs/terminus`: whether it should get new connections, and whether it is alive.
 * A provider of a module that imports `TerminusModule`; it needs what `SseModule` exports.
 *
 * It stops the application at its start with an `SseError` where Terminus is missing.
 *
 * @example
 * constructor(private readonly health: HealthCheckService, private readonly sse: SseHealthIndicator) {}
 *
 * @Get('health/ready')
 * @HealthCheck()
 * ready() {
 *   return this.health.check([() => this.sse.isReady('sse')]);
 * }
 */
@Injectable()
export class SseHealthIndicator implements OnModuleInit {
  private service: Promise<HealthIndicatorService> | undefined;

  /** @internal */
  constructor(
    private readonly metrics: SseMetrics,
    private readonly drain: SseDrain,
  ) {}

  /** Called by Nest. */
  async onModuleInit(): Promise<void> {
    await this.terminus();
  }

  /** The same as {@link isReady}. */
  isHealthy<const Key extends string>(key: Key, options?: SseReadinessOptions): Promise<HealthIndicatorResult<Key>> {
    return this.isReady(key, options);
  }

  /**
   * Whether this node should get new connections.
   *
   * - `down`: it gives up its streams, or the backplane is away, or a quantity by which a process goes down is critical, or
   *   load is shed by refusing streams
   * - `degraded`: any other quantity is beyond a threshold, or load is shed, or all places are taken. Terminus 11 does not
   *   know it: there it is `up`, with `degraded: true` among the details
   * - `up`: else
   *
   * @throws SseOptionsError for an option that has no such value
   */
  async isReady<const Key extends string>(
    key: Key,
    options?: SseReadinessOptions,
  ): Promise<HealthIndicatorResult<Key>> {
    const snapshot = this.metrics.snapshot();
    const { status, reasons } = readiness(snapshot, this.drain.state, options);
    const details = healthDetails(snapshot, this.drain.state);
    const session = (await this.terminus()).check(key);
    if (status === 'up') return session.up(details);
    const explained = { message: reasons.join('; '), ...details };
    if (status === 'down') return session.down(explained);
    return knowsDegraded(session) ? session.degraded(explained) : session.up({ ...explained, degraded: true });
  }

  /**
   * Whether this process should go on: always `up`, with the same details. That it answers is the proof that its event loop
   * runs; one that does not is found by the time-out of whoever asks. To be started anew would help neither while the
   * backplane is away, nor under load, nor while it drains: it would only cut all of its streams.
   */
  async isLive<const Key extends string>(key: Key): Promise<HealthIndicatorResult<Key>> {
    const details = healthDetails(this.metrics.snapshot(), this.drain.state);
    return (await this.terminus()).check(key).up(details);
  }

  private terminus(): Promise<HealthIndicatorService> {
    return (this.service ??= loadTerminus().then(({ HealthIndicatorService }) => new HealthIndicatorService()));
  }
}

/** Whether the installed version of Terminus does: it came with 12. */
function knowsDegraded(session: object): boolean {
  return 'degraded' in session;
}
