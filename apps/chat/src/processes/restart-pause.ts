const SHORTEST = 100;
const LONGEST = 10_000;
/** Whoever lived for so long did not die of how it was started. */
const LONG_LIFE = 60_000;

/** How long a place stays empty before the next process takes it, in ms: the longer, the more of them died young. */
export class RestartPause {
  private pause = 0;

  after(life: number): number {
    this.pause = life >= LONG_LIFE ? SHORTEST : Math.min(LONGEST, Math.max(SHORTEST, this.pause * 2));
    return this.pause;
  }
}
