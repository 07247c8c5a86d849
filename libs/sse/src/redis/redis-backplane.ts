import { Logger } from '@nestjs/common';
import {
  type Backplane,
  type BackplaneHealth,
  type BackplaneNode,
  type BackplaneSettings,
  type Loss,
  type NodeCommand,
} from '../backplane/backplane.js';
import { type ChannelMessage, type PassedMessage, type Published } from '../backplane/channel-message.js';
import { type ChannelHistory, type Subscribed } from '../backplane/event-log.js';
import { type NodeLease, type PresenceEntry, type PresenceUpdate } from '../backplane/presence-port.js';
import { type DeadLetter, type QueuedMessage } from '../backplane/queue-port.js';
import { SseBackplaneError } from '../backplane/sse-backplane-error.js';
import { type LogPosition } from '../index.js';
import { CommandLog } from './command-log.js';
import { textOf } from './error-cause.js';
import { type LogSink } from './log-cursor.js';
import { LogKnowledge } from './log-knowledge.js';
import { LogReader } from './log-reader.js';
import { OrderedLog } from './ordered-log.js';
import { PublishQueue } from './publish-queue.js';
import { RedisCommands } from './redis-commands.js';
import { RedisEndpoint } from './redis-endpoint.js';
import { RedisKeys } from './redis-keys.js';
import { type RedisBackplaneOptions, redisSettings, type RedisSettings } from './redis-options.js';
import { RedisPresence } from './redis-presence.js';
import { RedisQueues } from './redis-queues.js';
import { RedisRecords } from './redis-records.js';

/**
 * Nodes that share a Redis: events reach the listeners on all of them, history outlives each of them, and a client that
 * comes back to another node misses nothing.
 *
 * Needs the package `redis` and Redis 6.2 or later, a cluster, too. A Redis that is away is waited for.
 *
 * @example
 * ```ts
 * SseModule.forRoot({ backplane: redisBackplane({ url: process.env.REDIS_URL }) })
 * ```
 * @throws SseOptionsError
 */
export function redisBackplane(options: RedisBackplaneOptions): Backplane {
  return new RedisBackplane(redisSettings(options));
}

/** The port, verb by verb; who does the work is built when the backplane is started. */
class RedisBackplane implements Backplane {
  private readonly logger = new Logger('SseRedis');
  private parts: Parts | undefined;
  private isClosed = false;

  constructor(private readonly settings: RedisSettings) {}

  async start(node: BackplaneNode, bounds: BackplaneSettings): Promise<void> {
    const { settings } = this;
    const endpoint = await RedisEndpoint.of(settings);
    const keys = new RedisKeys(settings.prefix);
    const knowledge = new LogKnowledge();
    const commands = new RedisCommands(endpoint, keys, knowledge, settings);
    const publishes = new PublishQueue(commands, knowledge, settings.publishTimeout);
    const reader = new LogReader(commands, bounds.history.maxAge);
    const commandLog = new CommandLog(node.id, publishes, (command) => node.execute(command));
    const sink = this.sinkOf(node, commandLog);
    const log = new OrderedLog(node.id, endpoint, commands, keys, knowledge, reader, sink, settings.publishTimeout);
    const presence = new RedisPresence(node.id, commands, settings.lease);
    const queues = new RedisQueues(commands, publishes, bounds);
    const records = new RedisRecords(commands, keys);
    this.parts = { bounds, commands, publishes, reader, commandLog, log, presence, queues, records };
    await this.open(this.parts);
  }

  async publish(
    message: ChannelMessage,
    { idempotencyKey }: { readonly idempotencyKey?: string } = {},
  ): Promise<Published> {
    const { publishes, bounds } = this.running;
    const { maxEvents, maxAge } = bounds.history;
    const { channel } = message;
    const text = JSON.stringify(message);
    const isRecorded = !message.ephemeral;
    const { id } = await publishes.publish({ channel, text, isRecorded, maxEvents, maxAge, idempotencyKey });
    return id === '' ? {} : { id };
  }

  async subscribe(channel: string): Promise<Subscribed> {
    return this.running.log.subscribe(channel);
  }

  async unsubscribe(channel: string): Promise<void> {
    await this.parts?.log.unsubscribe(channel);
  }

  get position(): LogPosition | undefined {
    return this.parts?.log.position;
  }

  async sync(): Promise<LogPosition> {
    return this.running.log.wait();
  }

  async history(channel: string): Promise<ChannelHistory> {
    return this.running.reader.history(channel);
  }

  async command(command: NodeCommand, node?: string): Promise<void> {
    return this.running.commandLog.command(command, node);
  }

  async updatePresence(updates: readonly PresenceUpdate[]): Promise<void> {
    return this.running.presence.updatePresence(updates);
  }

  async members(channel: string): Promise<PresenceEntry[]> {
    return this.running.presence.members(channel);
  }

  describeNode(payload: unknown): void {
    this.parts?.presence.describeNode(payload);
  }

  async nodes(): Promise<NodeLease[]> {
    return this.running.presence.nodes();
  }

  async enqueue(
    userId: string,
    message: ChannelMessage,
    options?: { readonly idempotencyKey?: string },
  ): Promise<Published & { readonly dead: readonly DeadLetter[] }> {
    return this.running.queues.enqueue(userId, message, options);
  }

  async queued(
    userId: string,
    after: number,
    limit: number,
  ): Promise<{
    readonly messages: readonly QueuedMessage[];
    readonly hasMore: boolean;
    readonly dead: readonly DeadLetter[];
  }> {
    return this.running.queues.queued(userId, after, limit);
  }

  async attempt(userId: string, sequences: readonly number[]): Promise<readonly DeadLetter[]> {
    return this.running.queues.attempt(userId, sequences);
  }

  async taken(userId: string, through: LogPosition): Promise<number> {
    return this.running.queues.taken(userId, through);
  }

  async queueSize(userId: string): Promise<number> {
    return this.running.queues.queueSize(userId);
  }

  async clearQueue(userId: string): Promise<number> {
    return this.running.queues.clearQueue(userId);
  }

  async put(
    key: string,
    value: string,
    options: { readonly ttl: number; readonly ifAbsent?: boolean },
  ): Promise<boolean> {
    return this.running.records.put(key, value, options);
  }

  async get(key: string): Promise<string | undefined> {
    return this.running.records.get(key);
  }

  async take(key: string): Promise<string | undefined> {
    return this.running.records.take(key);
  }

  async count(key: string, window: number): Promise<{ readonly count: number; readonly remaining: number }> {
    return this.running.records.count(key, window);
  }

  get health(): BackplaneHealth {
    if (!this.parts) return { status: 'down', reason: this.notRunning().message };
    const { commands, log } = this.parts;
    const reason = commands.client ? log.error : commands.error.message;
    return reason === undefined ? { status: 'up' } : { status: 'down', reason };
  }

  async close(): Promise<void> {
    const { parts } = this;
    if (!parts || this.isClosed) return;
    this.isClosed = true;
    parts.commandLog.close();
    await parts.publishes.close();
    await parts.presence.close();
    await parts.log.close();
    await parts.commands.close();
    this.parts = undefined;
  }

  /** Resolves when this node is ready, or when it is known why it is not: the rest follows when Redis answers. */
  private async open({ commands, log, presence, commandLog }: Parts): Promise<void> {
    const subscribed = Promise.all(commandLog.channels.map((channel) => log.subscribe(channel)));
    // After close() nobody waits for them.
    subscribed.catch(() => undefined);
    const opening = log.open();
    presence.open();
    await commands.open();
    if (!commands.client) return;
    await opening;
    if (log.isConnected) await subscribed;
  }

  private sinkOf(node: BackplaneNode, commandLog: CommandLog): LogSink {
    return {
      deliver: (message) =>
        this.contain(`a message of ${message.channel}`, () => this.deliver(node, commandLog, message)),
      presence: (event) => this.contain(`presence in ${event.channel}`, () => node.presence(event)),
      resumed: () => this.contain('its return', () => node.resumed()),
      lost: (loss) => this.contain('a loss', () => this.lose(node, commandLog, loss)),
    };
  }

  private deliver(node: BackplaneNode, commandLog: CommandLog, message: PassedMessage): void {
    if (CommandLog.has(message.channel)) commandLog.receive(message);
    else node.deliver(message);
  }

  private lose(node: BackplaneNode, commandLog: CommandLog, loss: Loss): void {
    if (loss.channels === 'all') {
      commandLog.lose();
      node.lost(loss);
      return;
    }
    const channels = loss.channels.filter((channel) => !CommandLog.has(channel));
    if (channels.length < loss.channels.length) {
      commandLog.lose();
      this.logger.error(
        'This node was cut off for so long that commands to it were lost: connections may be open that were closed elsewhere.',
      );
    }
    if (channels.length > 0) node.lost({ ...loss, channels });
  }

  /** What fails in the node is not to stop the log. */
  private contain(what: string, act: () => void): void {
    try {
      act();
    } catch (error) {
      this.logger.error(
        `Handing on ${what} failed: ${textOf(error)}`,
        error instanceof Error ? error.stack : undefined,
      );
    }
  }

  private get running(): Parts {
    if (!this.parts || this.isClosed) throw this.notRunning();
    return this.parts;
  }

  private notRunning(): SseBackplaneError {
    return new SseBackplaneError(
      this.isClosed
        ? 'The Redis backplane was closed: the application is shutting down.'
        : 'The Redis backplane has not been started.',
    );
  }
}

interface Parts {
  readonly bounds: BackplaneSettings;
  readonly commands: RedisCommands;
  readonly publishes: PublishQueue;
  readonly reader: LogReader;
  readonly commandLog: CommandLog;
  readonly log: OrderedLog;
  readonly presence: RedisPresence;
  readonly queues: RedisQueues;
  readonly records: RedisRecords;
}
