import { type Subscribed } from '../backplane/event-log.js';
import { SseBackplaneError } from '../backplane/sse-backplane-error.js';
import { type LogCursor, Subscription } from './log-cursor.js';
import { type RedisKeys } from './redis-keys.js';
import { type RedisSubscriber } from './redis-subscriber.js';
import { type Mark } from './stream-item.js';

/**
 * Channels on their way into the stream of this node: their topic is subscribed to, and then a mark tells up to which
 * number their messages may have come too early. Behind it they are delivered.
 */
export class ChannelJoins {
  /** Those that are not joined yet. */
  private readonly joining = new Set<Subscription>();
  private isScheduled = false;
  /** Counts the connections: what was subscribed to on an earlier one is so no more. */
  private connection = 0;

  constructor(
    private readonly cursor: LogCursor,
    private readonly keys: RedisKeys,
    private readonly subscriber: RedisSubscriber,
    /** Asks for a mark. */
    private readonly requestMark: () => void,
  ) {}

  join(channel: string): Promise<Subscribed> {
    let subscription = this.cursor.subscriptions.get(channel);
    if (!subscription) {
      // Redis would call the channel otherwise, and nothing of it would ever come.
      if (!channel.isWellFormed())
        return Promise.reject(new SseBackplaneError(`${channel} is no channel: half a character`));
      subscription = new Subscription(channel);
      this.cursor.subscriptions.set(channel, subscription);
      this.joining.add(subscription);
      this.subscriber.want(this.keys.topicOf(channel));
      this.schedule();
    }
    return subscription.joined;
  }

  async leave(channel: string): Promise<void> {
    const subscription = this.cursor.subscriptions.get(channel);
    if (!subscription) return;
    this.cursor.subscriptions.delete(channel);
    this.joining.delete(subscription);
    subscription.reject(new SseBackplaneError(`The channel ${channel} was unsubscribed from meanwhile.`));
    this.subscriber.unwant(this.keys.topicOf(channel));
    await this.subscriber.settle();
  }

  /** Topics have to be subscribed to anew. */
  connected(): void {
    this.connection++;
    for (const subscription of this.joining) subscription.isSubscribed = false;
    this.schedule();
  }

  /** Those that wait for a mark. */
  next(limit: number): string[] {
    const channels: string[] = [];
    for (const { isSubscribed, channel } of this.joining) {
      if (isSubscribed && channels.push(channel) === limit) break;
    }
    return channels;
  }

  /** Everything before the mark has come. */
  complete({ epoch, sequence, joining }: Mark): void {
    for (const [channel, last] of joining) {
      const subscription = this.cursor.subscriptions.get(channel);
      if (!subscription?.isSubscribed || !this.joining.delete(subscription)) continue;
      subscription.isJoined = true;
      subscription.last = last;
      subscription.resolve({ position: { epoch, sequence }, last });
    }
  }

  close(error: Error): void {
    for (const { reject } of this.joining) reject(error);
  }

  /** Those who subscribe in one moment share the way to Redis. */
  private schedule(): void {
    if (this.isScheduled || this.joining.size === 0) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      void this.subscribe();
    });
  }

  private async subscribe(): Promise<void> {
    const { connection } = this;
    const subscriptions = [...this.joining].filter(({ isSubscribed }) => !isSubscribed);
    await this.subscriber.settle();
    if (connection !== this.connection || !this.subscriber.isUp) return;
    for (const subscription of subscriptions) subscription.isSubscribed = true;
    this.requestMark();
  }
}
