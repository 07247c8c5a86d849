import { randomBytes } from 'node:crypto';
import { type LogPosition } from '../protocol/event-id.js';
import { type BackplaneNode, type BackplaneSettings } from './backplane.js';
import { type ChannelMessage, type PassedMessage } from './channel-message.js';
import { DeliveryQueue } from './delivery-queue.js';
import { EventHistory } from './event-history.js';
import { type ChannelHistory, type Subscribed } from './event-log.js';
import { IdempotencyKeys } from './idempotency-keys.js';
import { passedMessage } from './passed-message.js';

/** Of an ephemeral message. */
const NO_PLACE = { id: undefined, sequence: 0, previous: 0, age: 0 };

/** Numbers the messages of this process, keeps them for a while, and hands them to its node. */
export class InProcessLog {
  /** Names this log: numbers of another process must not be taken for numbers of this one. */
  private readonly epoch = randomBytes(6).toString('hex');
  private readonly history: EventHistory;
  private readonly keys = new IdempotencyKeys();
  private readonly deliveries = new DeliveryQueue((message) => this.deliver(message));
  /** By channel, the number behind which its messages are delivered. */
  private readonly subscriptions = new Map<string, number>();
  /** The number of the last recorded message. */
  private sequence = 0;
  /** The number of the last one that the node was given: behind the other while it is being given one. */
  private delivered = 0;

  constructor(
    private readonly node: BackplaneNode,
    bounds: BackplaneSettings['history'],
  ) {
    this.history = new EventHistory(bounds, this.epoch);
  }

  /**
   * Gives the message its place in the log, and hands it to the node when everything before it has been handed over: at
   * once, unless that is under way. Returns its id, or that of the first with its key.
   *
   * @param store what else has to be done with a message: what its delivery sets off may ask for it already
   */
  publish(
    message: ChannelMessage,
    key: string | undefined,
    now: number,
    store?: (message: PassedMessage) => void,
  ): string | undefined {
    const known = key === undefined ? undefined : this.keys.find(key, now);
    if (known) return known.id;
    const passed = this.record(message, now);
    if (key !== undefined) this.keys.add(key, passed.id, now);
    store?.(passed);
    this.deliveries.add(passed);
    return passed.id;
  }

  /** Does something else when everything before it has been handed over. */
  inTurn(act: () => void): void {
    this.deliveries.add(act);
  }

  subscribe(channel: string): Subscribed {
    // What is recorded but not delivered yet is history for those who come now, and live for those who were here before.
    if (!this.subscriptions.has(channel)) this.subscriptions.set(channel, this.sequence);
    return { position: this.end, last: this.history.hold(channel) };
  }

  unsubscribe(channel: string): void {
    this.subscriptions.delete(channel);
    this.history.release(channel);
  }

  isSubscribed(channel: string): boolean {
    return this.subscriptions.has(channel);
  }

  of(channel: string, now: number): ChannelHistory {
    return this.history.of(channel, now);
  }

  get position(): LogPosition {
    return { epoch: this.epoch, sequence: this.delivered };
  }

  expire(now: number): boolean {
    const isAnyLeft = this.history.expire(now);
    return this.keys.expire(now) || isAnyLeft;
  }

  /** Delivers nothing from now on, of what is waiting neither. */
  close(): void {
    this.subscriptions.clear();
  }

  private get end(): LogPosition {
    return { epoch: this.epoch, sequence: this.sequence };
  }

  private record(message: ChannelMessage, now: number): PassedMessage {
    if (message.ephemeral) return passedMessage(message, NO_PLACE);
    this.sequence++;
    return this.history.record(message, this.end, now);
  }

  private deliver(message: PassedMessage): void {
    try {
      const behind = this.subscriptions.get(message.channel);
      if (behind === undefined) return;
      if (message.ephemeral || message.sequence > behind) this.node.deliver(message);
    } finally {
      if (!message.ephemeral) this.delivered = message.sequence;
    }
  }
}
