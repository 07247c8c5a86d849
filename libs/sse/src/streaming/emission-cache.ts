import { type FlushScheduler } from '../connections/flush-scheduler.js';
import { monotonicNow } from '../connections/monotonic.js';
import { type EventEncoder } from '../protocol/event-encoder.js';
import { type Frame } from '../protocol/frame.js';
import { toSseEvent } from '../protocol/sse-event.js';

/** A stream that takes values, and the last emission that it took. */
export interface EmissionTaker {
  lastEmission: number;
}

/**
 * When one Subject feeds many handlers, each of them gets the same object within one emission: it is encoded once.
 *
 * Only within one emission, since applications do `state.count++; subject.next(state)`. The same object is a new emission
 * as soon as somebody who took it sees it again, or the tick ends, or a stream begins.
 */
export class EmissionCache {
  private value: unknown;
  private frame: Frame | undefined;
  private emission = 0;
  private forgetsAtTickEnd = false;

  constructor(
    private readonly encoder: EventEncoder,
    private readonly scheduler: FlushScheduler,
  ) {}

  encode(value: unknown, taker: EmissionTaker): Frame {
    if (!this.frame || value !== this.value || taker.lastEmission === this.emission) {
      this.frame = this.encoder.encode(toSseEvent(value), monotonicNow());
      this.value = value;
      this.emission++;
      if (!this.forgetsAtTickEnd) {
        this.forgetsAtTickEnd = true;
        this.scheduler.atTickEnd(this.atTickEnd);
      }
    }
    taker.lastEmission = this.emission;
    return this.frame;
  }

  forget(): void {
    this.value = undefined;
    this.frame = undefined;
  }

  private readonly atTickEnd = () => {
    this.forgetsAtTickEnd = false;
    this.forget();
  };
}
