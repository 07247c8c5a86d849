import { type Aged, AgeList } from './age-list.js';
import { type PassedMessage } from './channel-message.js';
import { messageBytes } from './message-bytes.js';
import { type Expiring } from './expiry-sweep.js';
import { type DeadLetter, type QueuedMessage } from './queue-port.js';

/** How often all queues are searched for what has expired, in milliseconds. */
const SEARCH_INTERVAL = 1_000;

interface QueueBounds {
  readonly maxPerUser: number;
  readonly ttl: number;
  readonly maxAttempts: number;
  readonly maxTotalBytes: number;
}

/** A message that waits for a user, in his queue and in the list of all by age. */
class Letter implements Aged<Letter> {
  older: Letter | undefined;
  newer: Letter | undefined;
  attempts = 0;
  readonly bytes: number;

  constructor(
    readonly userId: string,
    readonly message: PassedMessage,
    readonly endsAt: number,
  ) {
    this.bytes = messageBytes(message);
  }

  toQueued(): QueuedMessage {
    const { message, attempts } = this;
    return { id: message.id ?? '', sequence: message.sequence, message, attempts };
  }
}

/**
 * Messages that wait for users, in the order of their numbers. Whatever leaves without having been taken is told to a
 * caller, never dropped in silence: so what expires while nobody calls is told by the sweep.
 */
export class InProcessQueues implements Expiring {
  private readonly queues = new Map<string, Map<number, Letter>>();
  private readonly letters = new AgeList<Letter>();
  private nextSearchAt = 0;

  /** @param tell hears of what has expired while nobody called */
  constructor(
    private readonly bounds: QueueBounds,
    private readonly tell: (dead: readonly DeadLetter[]) => void,
  ) {}

  expire(now: number): boolean {
    const dead = this.expireAll(now);
    if (dead.length > 0) this.tell(dead);
    return this.queues.size > 0;
  }

  /** Returns what had to give way, of this or of other users. */
  add(userId: string, message: PassedMessage, now: number): DeadLetter[] {
    const dead = this.expireAll(now);
    const letter = new Letter(userId, message, now + Math.min(this.bounds.ttl, message.ttl ?? Infinity));
    let queue = this.queues.get(userId);
    if (!queue) this.queues.set(userId, (queue = new Map<number, Letter>()));
    queue.set(message.sequence, letter);
    this.letters.add(letter);
    if (queue.size > this.bounds.maxPerUser) this.overflow(firstOf(queue), now, dead);
    while (this.letters.bytes > this.bounds.maxTotalBytes) this.overflow(this.letters.oldest, now, dead);
    return dead;
  }

  next(
    userId: string,
    after: number,
    limit: number,
    now: number,
  ): { messages: QueuedMessage[]; hasMore: boolean; dead: DeadLetter[] } {
    const dead = [...this.expireAll(now), ...this.expireOf(userId, now)];
    const messages: QueuedMessage[] = [];
    for (const letter of this.queues.get(userId)?.values() ?? []) {
      if (letter.message.sequence <= after) continue;
      if (messages.length === limit) return { messages, hasMore: true, dead };
      messages.push(letter.toQueued());
    }
    return { messages, hasMore: false, dead };
  }

  attempt(userId: string, sequences: readonly number[]): DeadLetter[] {
    const dead: DeadLetter[] = [];
    for (const sequence of sequences) {
      const letter = this.queues.get(userId)?.get(sequence);
      if (!letter) continue;
      if (letter.attempts < this.bounds.maxAttempts) letter.attempts++;
      else dead.push(this.bury(letter, 'attempts'));
    }
    return dead;
  }

  /** Removes everything up to a number, and returns how many that were. */
  remove(userId: string, through: number): number {
    let removed = 0;
    for (const letter of this.queues.get(userId)?.values() ?? []) {
      if (letter.message.sequence > through) break;
      this.discard(letter);
      removed++;
    }
    return removed;
  }

  size(userId: string, now: number): number {
    let size = 0;
    for (const { endsAt } of this.queues.get(userId)?.values() ?? []) if (endsAt > now) size++;
    return size;
  }

  private overflow(letter: Letter | undefined, now: number, dead: DeadLetter[]): void {
    if (letter) dead.push(this.bury(letter, letter.endsAt > now ? 'overflow' : 'expired'));
  }

  private expireOf(userId: string, now: number): DeadLetter[] {
    const dead: DeadLetter[] = [];
    for (const letter of this.queues.get(userId)?.values() ?? []) {
      if (letter.endsAt <= now) dead.push(this.bury(letter, 'expired'));
    }
    return dead;
  }

  /** What has expired in the queues of users who do not come back. */
  private expireAll(now: number): DeadLetter[] {
    if (now < this.nextSearchAt) return [];
    this.nextSearchAt = now + SEARCH_INTERVAL;
    const dead: DeadLetter[] = [];
    for (let letter = this.letters.oldest, newer; letter; letter = newer) {
      ({ newer } = letter);
      if (letter.endsAt <= now) dead.push(this.bury(letter, 'expired'));
    }
    return dead;
  }

  private bury(letter: Letter, reason: DeadLetter['reason']): DeadLetter {
    this.discard(letter);
    return { userId: letter.userId, letter: letter.toQueued(), reason };
  }

  private discard(letter: Letter): void {
    const queue = this.queues.get(letter.userId);
    queue?.delete(letter.message.sequence);
    if (queue?.size === 0) this.queues.delete(letter.userId);
    this.letters.remove(letter);
  }
}

function firstOf(queue: Map<number, Letter>): Letter | undefined {
  for (const letter of queue.values()) return letter;
  return undefined;
}
