import { Injectable } from '@nestjs/common';
import { Observable, ReplaySubject, share } from 'rxjs';
import { SseDrain, type SseEvent, sseEvent, SseMetrics } from '../index.js';
import { type LiveView } from './page/answers.js';

const SECOND = 1_000;

/** What the page is told every second: one look for all who watch, and none while nobody does. */
@Injectable()
export class LiveFeed {
  constructor(
    private readonly metrics: SseMetrics,
    private readonly drain: SseDrain,
  ) {}

  /** Who comes in between gets the last look at once. */
  readonly looks$: Observable<SseEvent> = new Observable<SseEvent>((watcher) => {
    const look = () => watcher.next(sseEvent({ type: 'look', data: this.look() }));
    const timer = setInterval(look, SECOND).unref();
    look();
    return () => clearInterval(timer);
  }).pipe(share({ connector: () => new ReplaySubject(1) }));

  /** All counts and measures, now. The buckets of the latency are left out: nobody looks at those. */
  look(): LiveView {
    const { at, latency, ...rest } = this.metrics.snapshot();
    const { p50, p90, p99 } = latency;
    return { ...rest, at: at.getTime(), latency: { p50, p90, p99 }, drain: this.drain.state };
  }
}
