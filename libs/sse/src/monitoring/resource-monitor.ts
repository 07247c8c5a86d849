import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { BehaviorSubject, distinctUntilChanged, type Observable, Subject } from 'rxjs';
import { ConnectionRegistry } from '../connections/connection-registry.js';
import { monotonicNow } from '../connections/monotonic.js';
import { QueueBudget } from '../connections/queue-budget.js';
import { type SseThreshold, type SseThresholds } from '../options/monitoring-options.js';
import { type ResolvedOptions } from '../options/resolved-options.js';
import { SSE_OPTIONS } from '../options/tokens.js';
import { logLine } from '../protocol/log-line.js';
import { highest, isHigher, type PressureLevel } from './pressure-level.js';
import { ProcessReader } from './process-reader.js';
import { Publications } from './publications.js';
import { higherOf, NO_PEAK, type ResourcePeak, type ResourceSample } from './resource-sample.js';
import { ThresholdWatch } from './threshold-watch.js';

/** What is watched, see `SseThresholds`. */
export type Watched = keyof SseThresholds;

/** A quantity has crossed a threshold, or come back. */
export interface PressureChange {
  /** Which. */
  readonly watched: Watched;
  /** What it is. */
  readonly value: number;
  /** Where it stands now. */
  readonly level: PressureLevel;
  /** Where it stood. */
  readonly before: PressureLevel;
}

const SHOWN: Record<Watched, string> = {
  connections: 'The number of connections',
  memory: 'The memory of the process (%)',
  heap: 'The heap of JavaScript (%)',
  cpu: 'The CPU of the process (% of a core)',
  publishes: 'The rate of publishes (a second)',
  eventLoopDelay: 'The delay of the event loop (ms)',
  queues: 'What waits in queues (%)',
};
/** Those by which a process goes down, or takes its clients' events along. */
const PRESSING: readonly Watched[] = ['eventLoopDelay', 'memory', 'heap', 'queues'];

/**
 * Looks at this process every `monitoring.interval`, and tells which quantities are beyond their thresholds. Each change is
 * a line in the log as well.
 *
 * @example
 * constructor(monitor: ResourceMonitor) {
 *   monitor.changes$.subscribe(({ watched, value, level }) => pager.notify(`${watched} is ${level}: ${value}`));
 * }
 */
@Injectable()
export class ResourceMonitor implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('SseMonitor');
  private readonly reader = new ProcessReader();
  private readonly watches: ReadonlyMap<Watched, ThresholdWatch>;
  private readonly changes = new Subject<PressureChange>();
  private readonly levels = new BehaviorSubject<PressureLevel>('normal');
  private readonly looks = new Subject<ResourceSample>();
  private timer: NodeJS.Timeout | undefined;
  private lookedAt = monotonicNow();
  private publishedBefore = 0;
  private highestSeen = NO_PEAK;
  private latest: ResourceSample | undefined;

  /** @internal */
  constructor(
    @Inject(SSE_OPTIONS) private readonly options: ResolvedOptions,
    private readonly registry: ConnectionRegistry,
    private readonly budget: QueueBudget,
    private readonly publications: Publications,
  ) {
    const { thresholds } = options.monitoring;
    this.watches = new Map(
      Object.entries(thresholds).map(([name, threshold]) => [name as Watched, new ThresholdWatch(threshold)]),
    );
  }

  /** The highest level of all that is watched; the current one at once. */
  readonly level$: Observable<PressureLevel> = this.levels.pipe(distinctUntilChanged());
  /** Each threshold that is crossed, up or down. */
  readonly changes$: Observable<PressureChange> = this.changes.asObservable();
  /** @internal After each look. */
  readonly looks$ = this.looks.asObservable();

  /** The highest level of all that is watched. */
  get level(): PressureLevel {
    return this.levels.value;
  }

  /** The highest that each quantity has been since the start. */
  get peak(): ResourcePeak {
    return this.highestSeen;
  }

  /** What the last look has found. */
  get last(): ResourceSample {
    // Before the first look it is what was read so far: too short a time to be judged by.
    return (this.latest ??= this.read());
  }

  /** Where each quantity stands. */
  get standing(): Readonly<Record<Watched, PressureLevel>> {
    const entries = [...this.watches].map(([name, { level }]) => [name, level]);
    return Object.fromEntries(entries) as Record<Watched, PressureLevel>;
  }

  /** From where on each is elevated, and critical; `null` for what is not watched. */
  get thresholds(): Readonly<Record<Watched, Required<SseThreshold> | null>> {
    return this.options.monitoring.thresholds;
  }

  /** @internal The highest level of that by which the process goes down: what load is shed for. */
  get pressure(): PressureLevel {
    return highest(PRESSING.map((name) => this.watches.get(name)?.level ?? 'normal'));
  }

  /** Called by Nest. */
  onApplicationBootstrap(): void {
    this.reader.start();
    this.timer = setInterval(() => this.sample(), this.options.monitoring.interval).unref();
  }

  /** Called by Nest. */
  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.reader.stop();
  }

  /** Looks now, as it does at each interval: what has a duration is measured from the look before. */
  sample(): ResourceSample {
    const sample = this.read();
    this.latest = sample;
    this.highestSeen = higherOf(this.highestSeen, sample);
    for (const [watched, watch] of this.watches) {
      const before = watch.level;
      if (watch.look(sample[watched])) this.tell({ watched, value: sample[watched], level: watch.level, before });
    }
    this.levels.next(highest([...this.watches.values()].map(({ level }) => level)));
    this.looks.next(sample);
    return sample;
  }

  private read(): ResourceSample {
    const now = monotonicNow();
    const published = this.publications.count;
    const seconds = (now - this.lookedAt) / 1_000;
    const sample = {
      at: new Date(),
      ...this.reader.read(),
      connections: this.registry.count,
      publishes: seconds > 0 ? Math.round((published - this.publishedBefore) / seconds) : 0,
      queues: Math.round((this.budget.bytes / this.budget.maxTotalBytes) * 1_000) / 10,
    };
    this.lookedAt = now;
    this.publishedBefore = published;
    return sample;
  }

  private tell(change: PressureChange): void {
    const { watched, value, level, before } = change;
    const threshold = this.watches.get(watched)?.threshold;
    const crossed = highest([level, before]);
    const from = threshold && crossed !== 'normal' ? threshold[crossed] : undefined;
    const fields = { level, before, value, threshold: from };
    if (isHigher(level, before)) this.logger.warn(logLine(`${SHOWN[watched]} is ${level}`, fields));
    else this.logger.log(logLine(`${SHOWN[watched]} is ${level} again`, fields));
    this.changes.next(change);
  }
}
