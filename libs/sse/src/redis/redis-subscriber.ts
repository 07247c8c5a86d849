import { textOf } from './error-cause.js';
import { LastingConnection } from './lasting-connection.js';
import { type RedisClient } from './redis-client.js';
import { type RedisCommands } from './redis-commands.js';
import { type Connected, type RedisEndpoint } from './redis-endpoint.js';

/** Topics that are told to Redis at once. */
const TOPICS_AT_ONCE = 500;

/** Whoever gets what is published on the topics. */
export interface Subscriber {
  receive(topic: string, text: string): void;
  /** All topics are subscribed to on a new connection: what was published before may be missing. */
  connected(): void;
  cut(): void;
}

/** The connection on which this node subscribes: to just the topics that are wanted, whatever changes meanwhile. */
export class RedisSubscriber {
  private readonly connection: LastingConnection;
  private readonly wanted = new Set<string>();
  private readonly toAdd = new Set<string>();
  private readonly toRemove = new Set<string>();
  private settling: Promise<void> | undefined;
  private isSharded = false;

  constructor(
    endpoint: RedisEndpoint,
    commands: RedisCommands,
    private readonly subscriber: Subscriber,
  ) {
    // Where commands can't go, there is no use in trying; and what is wrong is said once.
    const connect = async () => {
      await commands.whenUp();
      if (!commands.client) throw commands.error;
      return endpoint.connect();
    };
    this.connection = new LastingConnection('events', endpoint.name, connect, {
      prepare: (connected) => this.prepare(connected),
      up: () => subscriber.connected(),
      down: () => subscriber.cut(),
    });
  }

  open(): Promise<void> {
    return this.connection.open();
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  get isUp(): boolean {
    return this.connection.client !== undefined;
  }

  /** Why it is not up. */
  get error(): Error {
    return this.connection.error;
  }

  drop(reason: string): void {
    this.connection.drop(reason);
  }

  want(topic: string): void {
    this.wanted.add(topic);
    if (!this.toRemove.delete(topic)) this.toAdd.add(topic);
  }

  unwant(topic: string): void {
    this.wanted.delete(topic);
    if (!this.toAdd.delete(topic)) this.toRemove.add(topic);
  }

  /** Resolves when Redis knows what is wanted, or the connection broke: then it is told on the next one. */
  async settle(): Promise<void> {
    for (;;) {
      const { client } = this.connection;
      if (!client || (!this.settling && this.toAdd.size + this.toRemove.size === 0)) return;
      this.settling ??= this.tell(client)
        .catch((error: unknown) => {
          if (client === this.connection.client) this.drop(`subscribing failed: ${textOf(error)}`);
        })
        .finally(() => (this.settling = undefined));
      await this.settling;
    }
  }

  private async prepare({ client, server }: Connected): Promise<void> {
    this.isSharded = server.hasShardedTopics;
    this.toRemove.clear();
    this.toAdd.clear();
    for (const topic of this.wanted) this.toAdd.add(topic);
    await this.tell(client);
  }

  /** One request at a time, so that of two opposite wishes the last one holds. */
  private async tell(client: RedisClient): Promise<void> {
    while (this.toAdd.size + this.toRemove.size > 0) {
      const added = takeFrom(this.toAdd, TOPICS_AT_ONCE);
      if (added.length > 0) {
        await (this.isSharded ? client.sSubscribe(added, this.listener) : client.subscribe(added, this.listener));
      }
      const removed = takeFrom(this.toRemove, TOPICS_AT_ONCE);
      if (removed.length > 0) {
        await (this.isSharded
          ? client.sUnsubscribe(removed, this.listener)
          : client.unsubscribe(removed, this.listener));
      }
    }
  }

  private readonly listener = (text: string, topic: string) => this.subscriber.receive(topic, text);
}

function takeFrom(topics: Set<string>, count: number): string[] {
  const taken: string[] = [];
  for (const topic of topics) {
    if (taken.length === count) break;
    topics.delete(topic);
    taken.push(topic);
  }
  return taken;
}
