import { Inject, Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { BehaviorSubject, filter, firstValueFrom, map, type Observable } from 'rxjs';
import { setTimeout as delay } from 'node:timers/promises';
import { PresenceDeparture } from '../channels/presence-departure.js';
import { Admission } from '../connections/admission.js';
import { CONNECTION_SERVICES, type ConnectionServices } from '../connections/connection-services.js';
import { ConnectionRegistry } from '../connections/connection-registry.js';
import { type ResolvedOptions } from '../options/resolved-options.js';
import { SSE_OPTIONS } from '../options/tokens.js';
import { logLine } from '../protocol/log-line.js';
import { type FarewellPlan } from './farewell-plan.js';
import { Farewells } from './farewells.js';
import { isListening } from './http-server.js';

/**
 * How far a process has come in giving up its streams. Only in the first is it ready for new ones:
 *
 * - `serving`: all is as usual
 * - `leaving`: readiness is down, and all else is as usual for `shutdown.readinessDelay`
 * - `draining`: nobody is let in, and one stream after the other is ended
 * - `drained`: no stream is open, and none will be
 */
export type SseDrainState = 'serving' | 'leaving' | 'draining' | 'drained';

/**
 * Empties this process of its streams, so that it can go and no client misses anything: readiness goes down, the load balancer
 * has `shutdown.readinessDelay` to learn of it, then every stream is flushed and told when to come back.
 *
 * It begins by itself when the application closes. Start it before that where something else announces the end, such as
 * the `preStop` hook of a Kubernetes pod; closing the application then waits for what has begun. There is no way back.
 *
 * @example
 * constructor(private readonly drain: SseDrain) {}
 *
 * @Post('internal/drain')
 * async leave(): Promise<void> {
 *   await this.drain.start();
 * }
 */
@Injectable()
export class SseDrain {
  private readonly logger = new Logger('SseDrain');
  private readonly states = new BehaviorSubject<SseDrainState>('serving');
  private readonly drained = firstValueFrom(
    this.states.pipe(
      filter((state) => state === 'drained'),
      map(() => undefined),
    ),
  );

  /** @internal */
  constructor(
    @Inject(SSE_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(CONNECTION_SERVICES) private readonly services: ConnectionServices,
    private readonly admission: Admission,
    private readonly registry: ConnectionRegistry,
    private readonly presence: PresenceDeparture,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  /** The state; the current one at once. */
  readonly state$: Observable<SseDrainState> = this.states.asObservable();

  /** How far it has come. */
  get state(): SseDrainState {
    return this.states.value;
  }

  /**
   * Begins, unless it has begun. Resolves when no stream is open any more: at the latest `shutdown.readinessDelay` and
   * `shutdown.timeout` after the first call; never rejects. Every call gets the same promise.
   *
   * `readinessDelay` is left out where nobody could come in meanwhile: no HTTP server of the application listens, and no
   * stream was ever opened, as in a worker that only publishes.
   */
  start(): Promise<void> {
    if (this.state === 'serving') void this.drain();
    return this.drained;
  }

  private async drain(): Promise<void> {
    this.states.next('leaving');
    const { readinessDelay } = this.options.shutdown;
    if (readinessDelay > 0 && this.mayBeVisited) {
      const text = `Not ready any more; streams are served for another ${shown(readinessDelay)} ms`;
      this.logger.log(logLine(text, { streams: this.registry.count }));
      await delay(readinessDelay, undefined, { ref: false });
    }
    this.states.next('draining');
    this.presence.begin();
    await this.sayFarewells();
    this.states.next('drained');
  }

  private async sayFarewells(): Promise<void> {
    const { admission, registry } = this;
    const { connections, shutdown } = this.options;
    const start = performance.now();
    const farewells = new Farewells(
      { ...shutdown, retry: connections.retry },
      { admission, registry, linger: this.services.linger },
    );
    const streams = registry.count;
    if (streams > 0) this.tellStart(streams, farewells.plan);
    const { closed, cut } = await farewells.say();
    if (streams === 0 && cut === 0) return;
    const duration = Math.round(performance.now() - start);
    const rest = cut === 0 ? '' : `; ${shown(cut)} ${cut === 1 ? 'was' : 'were'} cut at the deadline`;
    const text = `Drained ${shownStreams(streams)} in ${shown(duration)} ms${rest}`;
    this.logger.log(logLine(text, { streams, closed, cut, duration: `${duration}ms` }));
  }

  private tellStart(streams: number, { waves: { length: waves }, span }: FarewellPlan): void {
    const { timeout } = this.options.shutdown;
    const pace = waves === 1 ? 'at once' : `in ${waves} waves`;
    const text = `Draining ${shownStreams(streams)} ${pace}, within ${shown(timeout)} ms`;
    this.logger.log(logLine(text, { streams, waves, timeout: `${timeout}ms`, span: `${Math.round(span)}ms` }));
  }

  private get mayBeVisited(): boolean {
    // An application may serve by a server that it has made itself.
    return isListening(this.adapterHost) === true || this.registry.stats().opened > 0;
  }
}

function shownStreams(count: number): string {
  return `${shown(count)} ${count === 1 ? 'stream' : 'streams'}`;
}

function shown(count: number): string {
  return count.toLocaleString('en-US');
}
