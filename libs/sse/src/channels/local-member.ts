import { WheelEntry } from '../connections/timer-wheel.js';

/** A user in a channel, as far as this node knows. He waits on the timer wheel while he may come back. */
export class LocalMember extends WheelEntry {
  /** His open connections to the channel. */
  connections = 0;
  /** When he came, in milliseconds since 1970. */
  readonly since = Date.now();
  /** How many connections the backplane was told of; `undefined` while it can't be said whether it took that. */
  told: number | undefined = 0;

  constructor(
    readonly channel: string,
    readonly userId: string,
    private readonly graceEnded: (member: LocalMember) => void,
  ) {
    super();
  }

  /** What the backplane is to know: whoever may come back is still there. */
  get counted(): number {
    return this.connections === 0 && this.slot ? 1 : this.connections;
  }

  override run(): void {
    this.graceEnded(this);
  }
}
