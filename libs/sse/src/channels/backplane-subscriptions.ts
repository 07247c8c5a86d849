import { type Backplane } from '../backplane/backplane.js';
import { type ChannelLogs } from './channel-logs.js';

/**
 * Keeps the backplane subscribed to just the channels that somebody on this node listens to. What is to be done is
 * decided from who listens when its turn comes: a listener who comes while the last one leaves, or who leaves while he
 * comes, must not leave the channel in the wrong state.
 */
export class BackplaneSubscriptions {
  /** What the backplane knows of a channel; `unknown` while it is told, and after that failed. */
  private readonly states = new Map<string, 'subscribed' | 'unknown'>();
  private readonly running = new Map<string, Promise<void>>();
  /** Channels whose promise in `running` has not begun: while an engine is away, nobody who comes and goes adds to them. */
  private readonly queued = new Set<string>();

  constructor(
    private readonly backplane: Backplane,
    private readonly logs: ChannelLogs,
    private readonly hasListeners: (channel: string) => boolean,
  ) {}

  /**
   * To be called after listeners of the channel came or went. What it returns settles when the backplane knows; nothing
   * if it knows already.
   */
  settle(channel: string): Promise<void> | undefined {
    const previous = this.running.get(channel);
    if (!previous && this.isSettled(channel)) return undefined;
    if (previous && this.queued.has(channel)) return previous;
    const next = () => {
      this.queued.delete(channel);
      return this.carryOut(channel);
    };
    if (previous) this.queued.add(channel);
    const result = previous ? previous.then(next, next) : next();
    this.running.set(channel, result);
    const done = () => {
      if (this.running.get(channel) === result) this.running.delete(channel);
    };
    result.then(done, done);
    return result;
  }

  /** Whether the backplane knows. */
  isSettled(channel: string): boolean {
    return this.states.get(channel) === (this.hasListeners(channel) ? 'subscribed' : undefined);
  }

  private async carryOut(channel: string): Promise<void> {
    if (this.isSettled(channel)) return;
    const isWanted = this.hasListeners(channel);
    this.states.set(channel, 'unknown');
    // Only an unbroken subscription makes a log without a hole: what came while the channel was left, or could not be, is none.
    this.logs.close(channel);
    if (isWanted) {
      this.logs.open(channel, await this.backplane.subscribe(channel));
      this.states.set(channel, 'subscribed');
    } else {
      await this.backplane.unsubscribe(channel);
      this.logs.close(channel);
      this.states.delete(channel);
    }
    this.retryWhatFailed();
  }

  /** The backplane answers again: channels that it could not be told of are told now. */
  private retryWhatFailed(): void {
    for (const [channel, state] of this.states) {
      if (state === 'unknown' && !this.running.has(channel)) this.settle(channel)?.catch(() => undefined);
    }
  }
}
