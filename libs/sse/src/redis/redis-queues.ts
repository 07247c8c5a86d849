import { type BackplaneSettings } from '../backplane/backplane.js';
import { type ChannelMessage, type Published } from '../backplane/channel-message.js';
import { type DeadLetter, type QueuedMessage, type QueuePort } from '../backplane/queue-port.js';
import { type LogPosition } from '../index.js';
import { fieldsOf, sequenceOf, type StreamEntry } from './log-entry.js';
import { type PublishQueue } from './publish-queue.js';
import { type RedisCommands } from './redis-commands.js';
import { ATTEMPT_SCRIPT, CLEAR_QUEUE_SCRIPT, QUEUE_SIZE_SCRIPT, QUEUED_SCRIPT, TAKEN_SCRIPT } from './scripts/queue.js';
import { readMessage } from './stream-item.js';

/** What has expired is kept for so long, in milliseconds, so that it can be told when somebody looks. */
const REMAINS = 3_600_000;

/** Messages that wait for users, each queue in a stream of its own. */
export class RedisQueues implements QueuePort {
  private readonly keyTtl: number;

  constructor(
    private readonly commands: RedisCommands,
    private readonly publishes: PublishQueue,
    private readonly settings: BackplaneSettings,
  ) {
    this.keyTtl = settings.messageQueue.ttl + REMAINS;
  }

  async enqueue(
    userId: string,
    message: ChannelMessage,
    options: { readonly idempotencyKey?: string } = {},
  ): Promise<Published & { readonly dead: readonly DeadLetter[] }> {
    const { history, messageQueue } = this.settings;
    const { maxPerUser } = messageQueue;
    const ttl = Math.min(messageQueue.ttl, message.ttl ?? Infinity);
    const { id, dead } = await this.publishes.publish({
      channel: message.channel,
      text: JSON.stringify({ ...message, queued: true }),
      isRecorded: true,
      maxEvents: history.maxEvents,
      maxAge: history.maxAge,
      idempotencyKey: options.idempotencyKey,
      queue: { userId, maxPerUser, ttl, keyTtl: this.keyTtl },
    });
    const letters = dead as [StreamEntry, string, 'expired' | 'overflow'][];
    return { id, dead: letters.flatMap(([entry, tries, reason]) => deadLetters(userId, [[entry, tries]], reason)) };
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
    const { rest } = await this.commands.run(QUEUED_SCRIPT, [userId, String(after), String(limit + 1)]);
    const [waiting, expired] = rest as [StoredLetter[], StoredLetter[]];
    const messages = waiting.slice(0, limit).flatMap((letter) => readLetter(userId, letter));
    return { messages, hasMore: waiting.length > limit, dead: deadLetters(userId, expired, 'expired') };
  }

  async attempt(userId: string, sequences: readonly number[]): Promise<readonly DeadLetter[]> {
    const words = [userId, this.settings.messageQueue.maxAttempts, this.keyTtl, ...sequences].map(String);
    const { rest } = await this.commands.run(ATTEMPT_SCRIPT, words);
    return deadLetters(userId, rest[0] as StoredLetter[], 'attempts');
  }

  async taken(userId: string, { epoch, sequence }: LogPosition): Promise<number> {
    return Number((await this.commands.run(TAKEN_SCRIPT, [userId, epoch, String(sequence)])).rest[0]);
  }

  async queueSize(userId: string): Promise<number> {
    return Number((await this.commands.run(QUEUE_SIZE_SCRIPT, [userId])).rest[0]);
  }

  async clearQueue(userId: string): Promise<number> {
    return Number((await this.commands.run(CLEAR_QUEUE_SCRIPT, [userId])).rest[0]);
  }
}

/** As the scripts return it: the entry, and how often it was sent. */
type StoredLetter = readonly [entry: StreamEntry, tries: string];

/** One, or none for what another version of this library has stored. */
function readLetter(userId: string, [[id, fields], tries]: StoredLetter): QueuedMessage[] {
  const { v: version, e: epoch, m: text } = fieldsOf(fields);
  const message = version === '1' && text !== undefined ? readMessage(`$user.${userId}`, text) : undefined;
  if (!message || epoch === undefined) return [];
  const sequence = sequenceOf(id);
  return [{ id: `${epoch}-${sequence}`, sequence, message, attempts: Number(tries) }];
}

function deadLetters(userId: string, letters: readonly StoredLetter[], reason: DeadLetter['reason']): DeadLetter[] {
  return letters.flatMap((stored) => readLetter(userId, stored)).map((letter) => ({ userId, letter, reason }));
}
