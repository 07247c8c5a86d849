import { ChannelRun } from './channel-run.js';

const MIB = 1_048_576;

/** The bytes that the windows of all channels of a node refer to: bounded, and what was quiet for longest gives way. */
export class WindowBudget {
  /** Those that refer to something, the one that was added to last at the end. */
  private readonly runs = new Set<ChannelRun>();
  private bytes = 0;

  constructor(private readonly maxBytes = 16 * MIB) {}

  newRun(): ChannelRun {
    return new ChannelRun(this);
  }

  /** The run was added to. */
  grew(run: ChannelRun, by: number): void {
    this.bytes += by;
    this.runs.delete(run);
    this.runs.add(run);
    if (this.bytes > this.maxBytes) this.makeRoom();
  }

  /** The run refers to nothing any more, which were so many bytes. */
  freed(run: ChannelRun, bytes: number): void {
    this.bytes -= bytes;
    this.runs.delete(run);
  }

  private makeRoom(): void {
    for (const run of this.runs) {
      if (this.bytes <= this.maxBytes) return;
      run.forget();
    }
  }
}
