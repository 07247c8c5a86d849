/** How often it looks, and after how many looks in turn without a reply it is enough: three seconds. */
const INTERVAL = 500;
const PATIENCE = 6;

/** Notices a connection through which nothing comes any more, as after a network was cut: nobody tells of that. */
export class ReplyWatchdog {
  private owed = 0;
  /** Looks at which replies were owed, and none had come since the one before. */
  private silentLooks = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly bark: (reason: string) => void) {}

  start(): void {
    this.timer = setInterval(() => this.look(), INTERVAL).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** There is another connection: what was owed on the last one will not come. */
  reset(): void {
    this.owed = 0;
    this.silentLooks = 0;
  }

  async watch<T>(reply: Promise<T>): Promise<T> {
    this.owed++;
    try {
      return await reply;
    } finally {
      this.owed = Math.max(0, this.owed - 1);
      this.silentLooks = 0;
    }
  }

  private look(): void {
    // Counted in looks and not by the clock: after a pause of this process replies may be there, and not read yet.
    this.silentLooks = this.owed > 0 ? this.silentLooks + 1 : 0;
    if (this.silentLooks > PATIENCE) this.bark(`no reply for ${INTERVAL * PATIENCE} ms`);
  }
}
