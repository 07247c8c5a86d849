import { Injectable } from '@nestjs/common';
import { Observable, ReplaySubject, share } from 'rxjs';
import { SseDrain, type SseEvent, sseEvent, SseMetrics } from '../index.js';
import { type LiveView, type PastLook } from './page/answers.js';
import { plotted } from './page/plot-list.js';

const SECOND = 1_000;
/** Looks that are kept for who comes later. */
const KEPT = 120;
/** Somebody who reloads the page is away for less. */
const RELOAD = 10 * SECOND;

/** What the page is told every second: one look for all who watch, and none while nobody does. */
@Injectable()
export class LiveFeed {
  private points: { at: number; values: number[] }[] = [];
  private forgetting: NodeJS.Timeout | undefined;

  constructor(
    private readonly metrics: SseMetrics,
    private readonly drain: SseDrain,
  ) {}

  /** Who comes in between gets the last look at once. */
  readonly looks$: Observable<SseEvent> = new Observable<SseEvent>((watcher) => {
    clearTimeout(this.forgetting);
    const look = () => {
      const view = this.look();
      this.points = [...this.points.slice(1 - KEPT), { at: performance.now(), values: plotted(view) }];
      watcher.next(sseEvent({ type: 'look', data: view }));
    };
    const timer = setInterval(look, SECOND).unref();
    look();
    return () => {
      clearInterval(timer);
      this.forgetting = setTimeout(() => (this.points = []), RELOAD).unref();
    };
  }).pipe(share({ connector: () => new ReplaySubject(1) }));

  /** What the plots show of the last two minutes in which somebody looked. */
  get past(): PastLook[] {
    const now = performance.now();
    return this.points.map(({ at, values }) => ({ ago: now - at, values }));
  }

  /** All counts and measures, now. The buckets of the latency are left out: nobody looks at those. */
  look(): LiveView {
    const { at, latency, ...rest } = this.metrics.snapshot();
    const { p50, p90, p99 } = latency;
    return { ...rest, at: at.getTime(), latency: { p50, p90, p99 }, drain: this.drain.state };
  }
}
