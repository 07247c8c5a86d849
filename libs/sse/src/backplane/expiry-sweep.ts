import { engineNow } from './in-process-clock.js';

/** How often it is looked for what has expired, in milliseconds. */
const INTERVAL = 5_000;

/** What keeps things that expire. */
export interface Expiring {
  /** Lets go of what has expired by now; returns whether anything is left that will. */
  expire(now: number): boolean;
}

/** Lets go now and then of what has expired, as long as there is something that will: an idle process is not woken. */
export class ExpirySweep {
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly parts: readonly Expiring[]) {}

  /** To be called when something was kept that will expire. */
  wake(): void {
    this.timer ??= setInterval(this.sweep, INTERVAL).unref();
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private readonly sweep = () => {
    const now = engineNow();
    // All of them, whatever the first says.
    const left = this.parts.filter((part) => part.expire(now));
    if (left.length === 0) this.stop();
  };
}
