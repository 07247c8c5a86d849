import { Inject, Injectable } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { type Backplane } from '../backplane/backplane.js';
import { type QueuedMessage } from '../backplane/queue-port.js';
import { BACKPLANE } from '../backplane/tokens.js';
import { ConnectionRegistry } from '../connections/connection-registry.js';
import { type SseConnection } from '../connections/sse-connection.js';
import { type ResolvedOptions } from '../options/resolved-options.js';
import { SSE_OPTIONS } from '../options/tokens.js';
import { type LogPosition, parseEventId } from '../protocol/event-id.js';
import { type Frame } from '../protocol/frame.js';
import { userAudience } from './audience.js';
import { type Backlog } from './backlog.js';
import { ChannelLogs } from './channel-logs.js';
import { DeadLetters } from './dead-letters.js';
import { EnginePatience } from './engine-patience.js';
import { isExcluded } from './logged-event.js';
import { QueueAcknowledgements } from './queue-acknowledgements.js';
import { queueFrame } from './queue-frame.js';
import { isQueueListener, type QueueListener } from './queue-listener.js';
import { isOfLog, QueueProgress } from './queue-progress.js';

/** How long a flush waits for a client that does not read, in milliseconds. */
const FLUSH_WAIT = 1_000;

/** Which of the messages that wait a connection is to be sent. */
interface DrainPlan {
  /** The log in which the numbers below are. */
  readonly epoch: string | undefined;
  /** What is behind this number the connection is given in another way. */
  readonly through: number;
  /** Up to this number they count as sent, though another way brings them. */
  readonly countTries?: number;
  /** They move the client's cursor, as far as it may be moved. */
  readonly withIds?: boolean;
}

/**
 * Gives a user who comes back what has waited for him, before all else: in the order of the numbers, batch by batch as his
 * client reads. What the history of his channel brings anyway is left to that, so that nothing comes twice.
 */
@Injectable()
export class QueueDrain implements Backlog {
  private readonly progress = new WeakMap<SseConnection, QueueProgress>();
  private readonly batchSize: number;

  constructor(
    @Inject(BACKPLANE) private readonly backplane: Backplane,
    @Inject(SSE_OPTIONS) { messageQueue }: ResolvedOptions,
    private readonly registry: ConnectionRegistry,
    private readonly logs: ChannelLogs,
    private readonly engine: EnginePatience,
    private readonly acknowledgements: QueueAcknowledgements,
    private readonly deadLetters: DeadLetters,
  ) {
    this.batchSize = messageQueue.batchSize;
  }

  waitsFor(connection: SseConnection): Promise<boolean> | false {
    return isQueueListener(connection) && this.hasMessages(connection.userId);
  }

  async send(connection: SseConnection, cursor: number | undefined): Promise<void> {
    if (!isQueueListener(connection)) return;
    const { userId, reading } = connection;
    if (cursor !== undefined) {
      // For most who come back nothing has waited, which is one question.
      if (!(await this.waitsFor(connection))) return;
      await this.acknowledgements.take(userId, { epoch: reading.epoch ?? '', sequence: cursor });
    }
    const through = reading.owedFrom(userAudience(userId));
    const countTries = Math.max(through, this.logs.sequence);
    await this.drain(connection, { epoch: reading.epoch, through, countTries, withIds: cursor === undefined });
  }

  recover(
    connection: SseConnection,
    channels: readonly string[],
    { epoch, sequence }: LogPosition,
  ): Promise<void> | undefined {
    if (!isQueueListener(connection) || !channels.includes(userAudience(connection.userId))) return undefined;
    const { reading } = connection;
    const progress = this.progressOf(connection);
    // Behind its position nothing was written, whatever it had been given.
    progress.reach(Math.min(this.acknowledgements.givenTo(connection), reading.position));
    if (reading.epoch !== epoch) {
      progress.goOver(epoch);
    }
    return this.engine
      .persist(connection, () => this.drain(connection, { epoch, through: sequence }))
      .catch((error: unknown) => this.engine.sendAway(connection, error));
  }

  /**
   * Gives an open stream what waits for its user and it was not given yet. One that is held is being given it. A client
   * that does not read is not waited for: it is given the rest when it does.
   */
  async flush(connection: SseConnection): Promise<void> {
    if (!isQueueListener(connection) || !connection.isOpen || connection.reading.isHeld) return;
    const { reading, userId } = connection;
    this.progressOf(connection).reach(this.acknowledgements.givenTo(connection));
    const drained = this.drain(connection, { epoch: reading.epoch, through: reading.owedFrom(userAudience(userId)) });
    await Promise.race([drained, delay(FLUSH_WAIT, undefined, { ref: false })]);
  }

  private async hasMessages(userId: string): Promise<boolean> {
    const { messages } = await this.read(userId, 0, 1);
    return messages.length > 0;
  }

  /** It may be called again after it failed, and goes on where it was. */
  private async drain(connection: QueueListener, plan: DrainPlan): Promise<void> {
    const progress = this.progressOf(connection);
    const { epoch, through, countTries = through } = plan;
    const isMeant = (message: QueuedMessage) => !isOfLog(message, epoch) || message.sequence <= countTries;
    // What is on its way to the client says how far its cursor is.
    await connection.written();
    for (let after = 0, hasMore = true; hasMore && !connection.isClosed;) {
      const batch = await this.read(connection.userId, after, this.batchSize);
      const messages = batch.messages.filter(isMeant);
      if (plan.countTries !== undefined) await this.countTry(connection, progress, messages);
      while (this.sendPage(connection, progress, plan, messages)) await connection.written();
      const last = messages.at(-1);
      hasMore = batch.hasMore && last !== undefined && last === batch.messages.at(-1);
      after = last?.sequence ?? after;
    }
  }

  /** What has been tried often enough is not sent, neither from here nor from the history. */
  private async countTry(
    connection: QueueListener,
    progress: QueueProgress,
    messages: readonly QueuedMessage[],
  ): Promise<void> {
    const untried = messages.map(({ sequence }) => sequence).filter((sequence) => sequence > progress.tried);
    const last = untried.at(-1);
    if (last === undefined) return;
    // Before the engine is asked: one that fails may have counted it, and rather sends it once more than once too seldom.
    progress.tried = last;
    // Tabs that come back together are one try.
    if (this.registry.byUser(connection.userId).find(isQueueListener) !== connection) return;
    const dead = await this.backplane.attempt(connection.userId, untried);
    for (const { letter } of dead) connection.reading.skip(letter.sequence);
    this.deadLetters.tell(dead);
  }

  /** No more at once than the connection's queue has room for. Returns whether there was anything. */
  private sendPage(
    connection: QueueListener,
    progress: QueueProgress,
    plan: DrainPlan,
    messages: readonly QueuedMessage[],
  ): boolean {
    const { reading, settings, isClosed } = connection;
    const { maxEvents, maxBytes } = settings.queue;
    const frames: Frame[] = [];
    let bytes = 0;
    for (const message of isClosed ? [] : messages) {
      if (frames.length >= maxEvents || bytes >= maxBytes) break;
      if (!isOwed(message, connection, plan) || progress.has(message)) continue;
      const cursor = plan.withIds === true ? cursorOf(message, connection) : undefined;
      const frame = queueFrame(message, cursor !== undefined);
      frames.push(frame);
      bytes += frame.bytes;
      progress.add(message);
      if (cursor) reading.knows(cursor);
      this.acknowledgements.given(connection, message.sequence, parseEventId(message.id)?.epoch);
    }
    if (frames.length > 0) reading.takePage(frames, reading.position);
    return frames.length > 0;
  }

  private async read(userId: string, after: number, limit: number) {
    const { messages, hasMore, dead } = await this.backplane.queued(userId, after, limit);
    this.deadLetters.tell(dead);
    return { messages, hasMore };
  }

  private progressOf(connection: QueueListener): QueueProgress {
    let progress = this.progress.get(connection);
    if (!progress) this.progress.set(connection, (progress = new QueueProgress(connection.reading.epoch)));
    return progress;
  }
}

function isOwed(message: QueuedMessage, connection: QueueListener, { epoch, through }: DrainPlan): boolean {
  const {
    sequence,
    message: { except },
  } = message;
  if (isOfLog(message, epoch) && sequence > through) return false;
  return !connection.reading.skips(sequence) && !(except && isExcluded(connection, except));
}

/** The ids that are written to a connection grow, and say that it was given everything of its channels up to there. */
function cursorOf({ id }: QueuedMessage, { reading }: QueueListener): LogPosition | undefined {
  const place = parseEventId(id);
  if (!place || place.epoch !== reading.epoch) return undefined;
  return place.sequence <= reading.position && place.sequence > reading.told ? place : undefined;
}
