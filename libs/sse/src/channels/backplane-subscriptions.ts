import { type Backplane } from '../backplane/backplane.js';

/**
 * Keeps the backplane subscribed to just the channels that somebody on this node listens to. Calls for one channel run
 * one after the other: a listener who comes while the last one leaves must not end up unsubscribed.
 */
export class BackplaneSubscriptions {
  private readonly running = new Map<string, Promise<void>>();

  constructor(private readonly backplane: Backplane) {}

  /** Resolves when events of the channel reach this node. */
  subscribe(channel: string): Promise<void> {
    return this.enqueue(channel, () => this.backplane.subscribe(channel));
  }

  unsubscribe(channel: string): Promise<void> {
    return this.enqueue(channel, () => this.backplane.unsubscribe(channel));
  }

  /** What is still under way for the channel, if anything. */
  pending(channel: string): Promise<void> | undefined {
    return this.running.get(channel);
  }

  private enqueue(channel: string, action: () => Promise<void>): Promise<void> {
    const previous = this.running.get(channel);
    const result = previous ? previous.then(action, action) : action();
    this.running.set(channel, result);
    const settle = () => {
      if (this.running.get(channel) === result) this.running.delete(channel);
    };
    result.then(settle, settle);
    return result;
  }
}
