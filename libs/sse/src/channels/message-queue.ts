import { Inject, Injectable } from '@nestjs/common';
import { type Observable } from 'rxjs';
import { type Backplane } from '../backplane/backplane.js';
import { type Published } from '../backplane/channel-message.js';
import { type DeadLetter } from '../backplane/queue-port.js';
import { BACKPLANE } from '../backplane/tokens.js';
import { type SseEvent } from '../protocol/sse-event.js';
import { filled } from './argument.js';
import { userAudience } from './audience.js';
import { DeadLetters, type SseDeadLetter } from './dead-letters.js';
import { MessageEncoder } from './message-encoder.js';
import { PublishTracing } from './publish-tracing.js';
import { type PublishOptions, refuseOption } from './publish-options.js';
import { QueueAcknowledgements } from './queue-acknowledgements.js';
import { type SseCommand } from './sse-command.js';

/** What this node has counted since its start, see {@link MessageQueue.stats}. */
export interface MessageQueueStats {
  /** Messages that it has put into queues. */
  readonly enqueued: number;
  /** Messages that left their queue since they have arrived, as it has found. */
  readonly taken: number;
  /** Messages that left their queue without, as it was told, by the reason. */
  readonly dead: Readonly<Record<DeadLetter['reason'], number>>;
}

/**
 * Events that wait for their user: published to his streams like any other, and kept until they have arrived, whether he
 * is there or not.
 *
 * A message leaves its queue when the user comes back with its id or a later one as his `Last-Event-ID`, or when a stream
 * that it was written to has lived two heartbeats longer with everything written out. Before that he gets it again when he
 * comes back, up to `messageQueue.maxAttempts` times. Each of his streams of `channels(…)` that is open gets it; other
 * streams get it as it is published, if they listen to their user, and nothing of what waits.
 *
 * Without a backplane on an engine that outlives it, what waits dies with the process.
 *
 * @example
 * constructor(private readonly queue: MessageQueue) {}
 * async approve(order: Order) {
 *   await this.queue.enqueue(order.userId, { type: 'approved', data: { order: order.id } }, { ttl: 3_600_000 });
 * }
 */
@Injectable()
export class MessageQueue {
  private enqueued = 0;

  /** @internal */
  constructor(
    @Inject(BACKPLANE) private readonly backplane: Backplane,
    private readonly encoder: MessageEncoder,
    private readonly acknowledgements: QueueAcknowledgements,
    private readonly dead: DeadLetters,
    private readonly tracing: PublishTracing,
  ) {}

  /**
   * Messages that left their queue without having been taken: sent as often as they may be, too old, or the oldest when
   * the queue was full. Each is told on one node. `@OnSseDeadLetter()` is told the same.
   */
  get deadLetters$(): Observable<SseDeadLetter> {
    return this.dead.letters$;
  }

  /** Counts of this node since its start. */
  get stats(): MessageQueueStats {
    return { enqueued: this.enqueued, taken: this.acknowledgements.taken, dead: { ...this.dead.counts } };
  }

  /**
   * Publishes an event to the user's streams and keeps it for him, in one step. `SseBroadcaster.toUser()` with `queue: true`
   * is the same. Beyond `messageQueue.maxPerUser` his oldest message gives way.
   *
   * @param options as for any event; `ttl`, in milliseconds, also ends its waiting, if it is shorter than
   * `messageQueue.ttl`
   * @throws SseEventError if the event can't be sent, or is to be `ephemeral`, which can't wait
   * @throws SseBackplaneError if the engine behind the backplane is away
   */
  async enqueue(userId: string, event: SseEvent, options: PublishOptions = {}): Promise<Published> {
    const channel = userAudience(filled(userId, 'userId'));
    const message = this.encoder.message(channel, event, options);
    if (options.ephemeral === true) {
      refuseOption('ephemeral goes with a queue', 'what is not recorded can not wait: leave one of them out');
    }
    const { idempotencyKey } = options;
    const { dead, ...published } = await this.tracing.publish(message, () =>
      this.backplane.enqueue(userId, message, { idempotencyKey }),
    );
    this.enqueued++;
    this.dead.tell(dead);
    return published;
  }

  /**
   * How many messages wait for the user: those that were sent and may not have arrived are among them.
   *
   * @throws SseBackplaneError if the engine behind the backplane is away
   */
  async size(userId: string): Promise<number> {
    return this.backplane.queueSize(filled(userId, 'userId'));
  }

  /**
   * Gives the user's open streams, on all nodes, what waits for him and they were not given yet. It is seldom needed: a
   * stream is given what waits when it opens, and the rest as it is published. Once it resolves, those of this node have it.
   *
   * @throws SseBackplaneError if the engine behind the backplane is away
   */
  async flush(userId: string): Promise<void> {
    const command: SseCommand = { name: 'flush', userId: filled(userId, 'userId') };
    await this.backplane.command(command);
  }

  /**
   * Takes everything out of the user's queue, and returns how many that were. They are no dead letters. What the history
   * of his channel still holds comes to a stream that is resumed all the same.
   *
   * @throws SseBackplaneError if the engine behind the backplane is away
   */
  async clear(userId: string): Promise<number> {
    return this.backplane.clearQueue(filled(userId, 'userId'));
  }
}
