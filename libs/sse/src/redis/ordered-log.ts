import { Logger } from '@nestjs/common';
import { type Subscribed } from '../backplane/event-log.js';
import { SseBackplaneError } from '../backplane/sse-backplane-error.js';
import { formatEventId, type LogPosition } from '../index.js';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { ChannelJoins } from './channel-joins.js';
import { textOf } from './error-cause.js';
import { HeldItems } from './held-items.js';
import { LogCursor, type LogSink, type Subscription } from './log-cursor.js';
import { type LogKnowledge } from './log-knowledge.js';
import { type LogReader } from './log-reader.js';
import { LogRepair } from './log-repair.js';
import { LogSync, type MarkedLog } from './log-sync.js';
import { type RedisCommands } from './redis-commands.js';
import { type RedisEndpoint } from './redis-endpoint.js';
import { type RedisKeys } from './redis-keys.js';
import { RedisSubscriber } from './redis-subscriber.js';
import { type Mark, readChannelItem, readMark, type RecordedItem, type StreamItem } from './stream-item.js';

/** So long a repair may take while Redis answers, in milliseconds. Then what is missing is told as lost. */
const REPAIR_TIMEOUT = 10_000;
/** After the log could not be read. */
const RETRY_PAUSE = 250;
/** What was held back is handed on in slices: others have to have their turn. */
const SLICE = 500;

/**
 * Hands the messages of all channels of this node on in the order of their numbers.
 *
 * They come over one subscription. Each tells the number before it in its channel: where that one has not come, and
 * after the subscription broke, everything is held back until the log was read.
 */
export class OrderedLog implements MarkedLog {
  private readonly logger = new Logger('SseRedis');
  private readonly cursor: LogCursor;
  private readonly subscriber: RedisSubscriber;
  private readonly sync: LogSync;
  private readonly joins: ChannelJoins;
  /** `cut`: not subscribed · `repairing`: what comes is held back · `live`: what comes is handed on. */
  private state: 'cut' | 'repairing' | 'live' = 'cut';
  private readonly held = new HeldItems();
  /** Counts the connections: a repair that was begun on an earlier one is of no use. */
  private connection = 0;
  /** The last of them that the node was told of. */
  private announced = 0;
  private isClosed = false;
  private hasWarned = false;
  private readError: string | undefined;

  constructor(
    nodeId: string,
    endpoint: RedisEndpoint,
    private readonly commands: RedisCommands,
    private readonly keys: RedisKeys,
    private readonly knowledge: LogKnowledge,
    private readonly reader: LogReader,
    sink: LogSink,
    timeout: number,
  ) {
    this.cursor = new LogCursor(sink);
    const ownTopic = keys.topicOfNode(nodeId);
    this.subscriber = new RedisSubscriber(endpoint, commands, {
      receive: (topic, text) => this.receive(topic, text),
      connected: () => this.connected(),
      cut: () => this.cut(),
    });
    this.subscriber.want(ownTopic);
    this.sync = new LogSync(commands, ownTopic, this, timeout);
    this.joins = new ChannelJoins(this.cursor, keys, this.subscriber, () => this.sync.request());
  }

  /** Resolves after the first attempt to subscribe, whatever came of it. */
  open(): Promise<void> {
    this.sync.start();
    return this.subscriber.open();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.joins.close(closedError());
    this.sync.close(closedError());
    await this.subscriber.close();
  }

  get position(): LogPosition | undefined {
    return this.state === 'live' ? this.cursor.position : undefined;
  }

  /** Why nothing comes, if so. */
  get error(): string | undefined {
    return this.isConnected ? (this.readError ?? this.sync.error) : this.subscriber.error.message;
  }

  subscribe(channel: string): Promise<Subscribed> {
    return this.isClosed ? Promise.reject(closedError()) : this.joins.join(channel);
  }

  unsubscribe(channel: string): Promise<void> {
    return this.joins.leave(channel);
  }

  /** Resolves when everything that is in the log by now was delivered, or told as lost. */
  wait(): Promise<LogPosition> {
    return this.isClosed ? Promise.reject(closedError()) : this.sync.wait();
  }

  // What the marks are sent for.

  get isConnected(): boolean {
    return this.state !== 'cut';
  }

  get verified(): number {
    return this.cursor.verified;
  }

  channelsToJoin(limit: number): string[] {
    return this.joins.next(limit);
  }

  drop(reason: string): void {
    this.subscriber.drop(reason);
  }

  private connected(): void {
    this.connection++;
    this.joins.connected();
    this.beginRepair();
  }

  private cut(): void {
    this.connection++;
    this.state = 'cut';
    this.held.clear();
    this.sync.cancel();
  }

  private receive(topic: string, text: string): void {
    const channel = this.keys.channelOf(topic);
    const item = channel === undefined ? readMark(text) : readChannelItem(channel, text);
    if (!item) {
      this.ignore(topic, text);
      return;
    }
    if (item.kind === 'mark') this.sync.arrived(item);
    if (item.kind === 'mark' || item.kind === 'recorded') this.knowledge.note(item);
    if (this.state === 'live' && this.handOn(item)) return;
    this.held.add(item, text.length);
    if (this.state === 'live') this.beginRepair();
  }

  /** Returns false if something is missing before it. */
  private handOn(item: StreamItem): boolean {
    if (item.kind === 'mark') return this.pass(item);
    const subscription = this.cursor.subscriptions.get(item.channel);
    if (!subscription?.isJoined) return true;
    if (item.kind === 'recorded') return this.deliver(subscription, item);
    const { sink } = this.cursor;
    if (item.event) sink.presence(item.event);
    if (item.message) sink.deliver({ ...item.message, sequence: 0, previous: 0, age: 0 });
    return true;
  }

  private deliver(subscription: Subscription, item: RecordedItem): boolean {
    if (this.cursor.isOfOlderLog(item)) return true;
    if (!this.cursor.isOfThisLog(item)) return false;
    const { sequence, previous, message } = item;
    if (sequence <= subscription.last) return true;
    if (previous > this.cursor.knownThrough(subscription)) return false;
    this.cursor.deliver(subscription, { ...message, id: formatEventId(item), sequence, previous, age: 0 });
    return true;
  }

  private pass(mark: Mark): boolean {
    if (!this.sync.isExpected(mark)) return true;
    if (this.cursor.isOfOlderLog(mark)) {
      this.sync.cancel();
      this.sync.request();
      return true;
    }
    if (!this.cursor.isOfThisLog(mark) || this.hasMissed(mark)) return false;
    this.cursor.advance(mark.sequence, mark.through);
    this.joins.complete(mark);
    this.sync.passed({ epoch: mark.epoch, sequence: mark.sequence });
    return true;
  }

  private hasMissed({ moved }: Mark): boolean {
    for (const [channel, last] of moved) {
      const subscription = this.cursor.subscriptions.get(channel);
      if (subscription?.isJoined && last > this.cursor.knownThrough(subscription)) return true;
    }
    return false;
  }

  private beginRepair(): void {
    this.state = 'repairing';
    void this.repair(this.connection);
  }

  /** Reads what is missing and hands on what was held back, again and again until nothing of either is left. */
  private async repair(connection: number): Promise<void> {
    const isWanted = () => connection === this.connection && !this.isClosed;
    while (isWanted()) {
      await this.commands.whenUp();
      const deadline = performance.now() + REPAIR_TIMEOUT;
      try {
        const isWhole = await new LogRepair(this.reader, this.cursor, isWanted, deadline).run();
        this.readError = undefined;
        if (isWhole && (await this.handOnHeld(isWanted)) && !this.held.first) break;
      } catch (error) {
        if (!isWanted()) return;
        this.tellReadError(textOf(error));
        await pause(RETRY_PAUSE, undefined, { ref: false });
      }
    }
    if (!isWanted()) return;
    this.state = 'live';
    this.sync.request();
    if (connection === this.announced) return;
    this.announced = connection;
    this.cursor.sink.resumed();
  }

  /** Returns false if something is missing among it. */
  private async handOnHeld(isWanted: () => boolean): Promise<boolean> {
    for (let count = 1; isWanted(); count++) {
      if (this.held.hasOverflowed()) {
        // A mark may have been among it.
        this.sync.cancel();
        return false;
      }
      const { first } = this.held;
      if (!first) return true;
      if (!this.handOn(first)) return false;
      this.held.dropFirst();
      if (count % SLICE === 0) await nextTurn();
    }
    return false;
  }

  private tellReadError(text: string): void {
    // That Redis is away is told by the connection.
    if (!this.commands.client || text === this.readError) return;
    this.readError = text;
    this.logger.error(`The log can't be read, so that nothing is delivered: ${text}`);
  }

  /** Somebody else publishes under our prefix, or a node of another version: whatever it was, nothing must be missing. */
  private ignore(topic: string, text: string): void {
    this.sync.request();
    if (this.hasWarned) return;
    this.hasWarned = true;
    const start = JSON.stringify(text.slice(0, 40));
    this.logger.warn(
      `What came on ${topic} can't be read: ${start}. Does another application, or another version of this library, use the same prefix?`,
    );
  }
}

function closedError(): SseBackplaneError {
  return new SseBackplaneError('The Redis backplane was closed: the application is shutting down.');
}
