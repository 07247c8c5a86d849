import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { BehaviorSubject, distinctUntilChanged, type Observable } from 'rxjs';
import { Admission } from '../connections/admission.js';
import { ConnectionRegistry } from '../connections/connection-registry.js';
import { FlushScheduler } from '../connections/flush-scheduler.js';
import { jitter } from '../connections/jitter.js';
import { Shedding } from '../connections/shedding.js';
import { type ResolvedOptions } from '../options/resolved-options.js';
import { SSE_OPTIONS } from '../options/tokens.js';
import { logLine } from '../protocol/log-line.js';
import { type PressureLevel } from './pressure-level.js';
import { ResourceMonitor } from './resource-monitor.js';
import { longestQueues } from './longest-queues.js';

/**
 * What is done under pressure, each step beside those before it:
 *
 * - `none`
 * - `batching`: events are collected for 50 ms, which makes fewer writes of them
 * - `low-priority`: events of low priority are left out, and their clients told with the next thing that they get
 * - `refusing`: new connections are refused, as at the maximum
 * - `closing`: those with the longest queues are closed, with `monitoring.closeSlowest` only
 */
export type SheddingStep = 'none' | 'batching' | 'low-priority' | 'refusing' | 'closing';

const STEPS: readonly SheddingStep[] = ['none', 'batching', 'low-priority', 'refusing', 'closing'];
/** Milliseconds for which events are collected under pressure: unnoticed by people, and twenty writes a second at most. */
const WINDOW = 50;
/** The part of all connections that is closed at a look. */
const SLOWEST = 0.01;

/**
 * Takes load off a process that can't keep up, by the delay of its event loop, its memory and its queues. While that is
 * critical it goes one step further at each look; while it is elevated, and when it is normal again, one step back, as far as
 * `batching` and `none`.
 *
 * @example
 * constructor(shedding: LoadShedding) {
 *   shedding.step$.subscribe((step) => pager.notify(`Load shedding: ${step}`));
 * }
 */
@Injectable()
export class LoadShedding implements OnModuleInit {
  private readonly logger = new Logger('SseLoadShedding');
  private readonly steps = new BehaviorSubject<SheddingStep>('none');
  private readonly last: number;
  private reopen: (() => void) | undefined;

  /** @internal */
  constructor(
    @Inject(SSE_OPTIONS) private readonly options: ResolvedOptions,
    private readonly monitor: ResourceMonitor,
    private readonly scheduler: FlushScheduler,
    private readonly shedding: Shedding,
    private readonly admission: Admission,
    private readonly registry: ConnectionRegistry,
  ) {
    this.last = options.monitoring.closeSlowest ? STEPS.length - 1 : STEPS.length - 2;
  }

  /** The step; the current one at once. */
  readonly step$: Observable<SheddingStep> = this.steps.pipe(distinctUntilChanged());

  /** The step that is taken now. */
  get step(): SheddingStep {
    return this.steps.value;
  }

  /** Called by Nest. */
  onModuleInit(): void {
    if (this.options.monitoring.degrade) this.monitor.looks$.subscribe(() => this.look(this.monitor.pressure));
  }

  private look(pressure: PressureLevel): void {
    const before = STEPS.indexOf(this.step);
    const after = this.next(before, pressure);
    if (after !== before) this.take(after, before);
    if (STEPS[after] === 'closing' && pressure === 'critical') this.closeSlowest();
  }

  private next(step: number, pressure: PressureLevel): number {
    if (pressure === 'critical') return Math.min(step + 1, this.last);
    const calm = pressure === 'elevated' ? STEPS.indexOf('batching') : STEPS.indexOf('none');
    return step > calm ? step - 1 : calm;
  }

  private take(after: number, before: number): void {
    const step = STEPS[after] ?? 'none';
    this.scheduler.window = reaches(after, 'batching') ? WINDOW : 0;
    this.shedding.lowPriority = reaches(after, 'low-priority');
    if (reaches(after, 'refusing')) this.reopen ??= this.refuse();
    else this.open();
    const fields = { step, number: after, of: this.last, connections: this.registry.count };
    if (after > before) this.logger.warn(logLine('Sheds load', fields));
    else this.logger.log(logLine('Sheds less load', fields));
    this.steps.next(step);
  }

  private refuse(): () => void {
    const { retryAfter } = this.options.connections;
    return this.admission.close('The server takes no more streams at the moment: it is overloaded.', () =>
      jitter(retryAfter, 0.5, 0.5),
    );
  }

  private open(): void {
    this.reopen?.();
    this.reopen = undefined;
  }

  private closeSlowest(): void {
    const count = Math.ceil(this.registry.count * SLOWEST);
    const slowest = longestQueues(this.registry.all(), count);
    for (const connection of slowest) connection.close('slow');
    if (slowest.length > 0) this.logger.warn(logLine('Closed the slowest', { connections: slowest.length }));
  }
}

function reaches(index: number, step: SheddingStep): boolean {
  return index >= STEPS.indexOf(step);
}
