import { type Loss } from '../backplane/backplane.js';
import { type PassedMessage } from '../backplane/channel-message.js';
import { type Subscribed } from '../backplane/event-log.js';
import { type PresenceEvent } from '../backplane/presence-port.js';
import { type LogPosition } from '../index.js';
import { type LogState } from './log-knowledge.js';

/** Where the messages go, in their order. */
export interface LogSink {
  deliver(message: PassedMessage): void;
  presence(event: PresenceEvent): void;
  lost(loss: Loss): void;
  resumed(): void;
}

/** A channel that this node wants. */
export class Subscription {
  /** Whether its topic is known to Redis, on the present connection. */
  isSubscribed = false;
  /** Whether its messages are delivered: from the mark on that came after its topic was subscribed to. */
  isJoined = false;
  /** The number of its last message that was delivered, or told as lost. */
  last = 0;
  readonly joined: Promise<Subscribed>;
  resolve!: (subscribed: Subscribed) => void;
  reject!: (error: Error) => void;

  constructor(readonly channel: string) {
    this.joined = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Nobody may be waiting any more when it fails.
    this.joined.catch(() => undefined);
  }
}

/** How far this node has got in the log: what was delivered, and up to where nothing is missing. */
export class LogCursor {
  readonly subscriptions = new Map<string, Subscription>();
  private state: LogState = { generation: 0, epoch: '', sequence: 0 };
  /** Nothing with a lower number is delivered any more: numbers grow over all channels. */
  private top = 0;
  /** Redis was asked, and up to here no channel misses anything. */
  private verifiedThrough = 0;

  constructor(readonly sink: LogSink) {}

  get epoch(): string {
    return this.state.epoch;
  }

  get position(): LogPosition {
    return { epoch: this.state.epoch, sequence: this.top };
  }

  get verified(): number {
    return this.verifiedThrough;
  }

  isOfThisLog(state: LogState): boolean {
    return state.epoch === this.state.epoch;
  }

  /** A message of a log that was given up, from a server that did not know that yet. */
  isOfOlderLog(state: LogState): boolean {
    return state.generation <= this.state.generation && !this.isOfThisLog(state);
  }

  get joined(): Subscription[] {
    return [...this.subscriptions.values()].filter(({ isJoined }) => isJoined);
  }

  /** Not after it was left, which may happen at any time. */
  has(subscription: Subscription): boolean {
    return this.subscriptions.get(subscription.channel) === subscription;
  }

  /** Up to here this channel misses nothing. */
  knownThrough({ last }: Subscription): number {
    return Math.max(last, this.verifiedThrough);
  }

  /** The next message of a channel, none of which is missing before it. */
  deliver(subscription: Subscription, message: PassedMessage): void {
    const { sequence } = message;
    // It was missing when later ones of other channels were delivered, which can't be undone.
    if (sequence <= this.top) {
      this.lose([subscription], 'history', sequence);
      return;
    }
    subscription.last = sequence;
    this.top = sequence;
    this.sink.deliver(message);
  }

  /** Messages of these channels up to a number can't be delivered. Those of others are, whatever their numbers. */
  lose(subscriptions: readonly Subscription[], reason: Loss['reason'], through: number): void {
    if (subscriptions.length === 0) return;
    for (const subscription of subscriptions) subscription.last = Math.max(subscription.last, through);
    const position = { epoch: this.epoch, sequence: through };
    this.sink.lost({ channels: subscriptions.map(({ channel }) => channel), position, reason });
  }

  /** Nothing that this node subscribes to is missing up to this number: it goes on behind it. */
  advance(through: number, verified = through): void {
    this.top = Math.max(this.top, through);
    this.verifiedThrough = Math.max(this.verifiedThrough, verified);
  }

  /** The log is another one: what was missed of the old one, if there was one, can't be known. */
  changeLog(state: LogState): void {
    const isFirst = this.state.epoch === '';
    this.state = state;
    this.top = state.sequence;
    this.verifiedThrough = state.sequence;
    for (const subscription of this.joined) subscription.last = state.sequence;
    if (!isFirst) this.sink.lost({ channels: 'all', position: this.position, reason: 'epoch' });
  }
}
