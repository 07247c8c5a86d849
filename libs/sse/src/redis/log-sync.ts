import { Logger } from '@nestjs/common';
import { type LogPosition } from '../index.js';
import { SseBackplaneError } from '../backplane/sse-backplane-error.js';
import { textOf } from './error-cause.js';
import { type RedisCommands } from './redis-commands.js';
import { MARK_SCRIPT } from './scripts/read.js';
import { type Mark } from './stream-item.js';

/** How often it is asked whether anything is missing, in milliseconds. */
const INTERVAL = 2_000;
/** A mark that was sent and has not arrived after so long says that the subscription is dead. */
const SILENCE = 3_000;
/** Channels that moved, which one mark names. */
const MOVED_AT_ONCE = 1_000;
/** Channels that one mark lets join. */
const JOINING_AT_ONCE = 2_000;
/** After Redis refused a mark. */
const RETRY_PAUSE = 250;

/** What the marks are sent for. */
export interface MarkedLog {
  readonly isConnected: boolean;
  readonly verified: number;
  /** Channels whose topics are subscribed to, and that wait for a mark. */
  channelsToJoin(limit: number): readonly string[];
  /** The subscription is dead. */
  drop(reason: string): void;
}

/** Somebody who waits for a mark. */
interface Waiter {
  readonly resolve: (position: LogPosition) => void;
  readonly reject: (error: Error) => void;
  timer: NodeJS.Timeout;
}

/**
 * Sends marks through Redis to this node itself. When one comes back, everything that was published before it has come,
 * too, or is missing. One is under way at a time; who asks meanwhile waits for the next.
 */
export class LogSync {
  private readonly logger = new Logger('SseRedis');
  private waiting: Waiter[] = [];
  /** Those who wait for the mark that is under way. */
  private awaited: Waiter[] = [];
  /** The mark that is under way. */
  private token: string | undefined;
  private hasArrived = false;
  private tokens = 0;
  private isRequested = false;
  private silence: NodeJS.Timeout | undefined;
  private interval: NodeJS.Timeout | undefined;
  private isClosed = false;
  private refusal: string | undefined;

  constructor(
    private readonly commands: RedisCommands,
    private readonly topic: string,
    private readonly log: MarkedLog,
    private readonly timeout: number,
  ) {}

  /** Why Redis takes no marks, if so: no channel can be subscribed to. */
  get error(): string | undefined {
    return this.refusal;
  }

  start(): void {
    this.interval = setInterval(() => this.request(), INTERVAL).unref();
  }

  /** Resolves with the position at the next mark that is sent. */
  wait(): Promise<LogPosition> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { resolve, reject, timer: this.timerOf(() => waiter) };
      this.waiting.push(waiter);
      this.request();
    });
  }

  /** A mark is wanted. */
  request(): void {
    this.isRequested = true;
    if (this.token === undefined && this.log.isConnected && !this.isClosed) void this.send();
  }

  /** A mark has arrived, whatever still has to be done before it counts. */
  arrived({ token }: Mark): void {
    if (token !== this.token) return;
    this.hasArrived = true;
    clearTimeout(this.silence);
  }

  /** Whether the mark is the one that is under way. */
  isExpected({ token }: Mark): boolean {
    return token === this.token;
  }

  /** Everything before the mark is delivered. */
  passed(position: LogPosition): void {
    const waiters = this.awaited.splice(0);
    this.token = undefined;
    for (const waiter of waiters) settle(waiter, () => waiter.resolve(position));
    if (this.isRequested || this.log.channelsToJoin(1).length > 0) this.request();
  }

  /** The mark that is under way will not count. */
  cancel(): void {
    clearTimeout(this.silence);
    this.token = undefined;
    this.waiting.unshift(...this.awaited.splice(0));
    this.isRequested = true;
  }

  close(error: Error): void {
    this.isClosed = true;
    clearInterval(this.interval);
    clearTimeout(this.silence);
    for (const waiter of [...this.awaited.splice(0), ...this.waiting.splice(0)]) {
      settle(waiter, () => waiter.reject(error));
    }
  }

  private async send(): Promise<void> {
    const token = (this.token = (++this.tokens).toString(36));
    this.isRequested = false;
    this.hasArrived = false;
    this.awaited = this.waiting.splice(0);
    const joining = this.log.channelsToJoin(JOINING_AT_ONCE);
    const words = [this.topic, token, String(this.log.verified), String(MOVED_AT_ONCE), ...joining];
    try {
      await this.commands.run(MARK_SCRIPT, words);
      this.refusal = undefined;
      if (!this.isOwed(token)) return;
      // After a pause of this process it may be there, and not read yet.
      this.silence = setTimeout(() => setImmediate(() => this.giveUp(token)), SILENCE).unref();
    } catch (error) {
      if (!this.isOwed(token)) return;
      for (const waiter of this.awaited.splice(0)) settle(waiter, () => waiter.reject(error as Error));
      if (this.commands.client) this.tellRefusal(textOf(error));
      this.cancel();
      setTimeout(() => this.request(), RETRY_PAUSE).unref();
    }
  }

  private giveUp(token: string): void {
    if (this.isOwed(token)) this.log.drop(`a mark did not arrive within ${SILENCE} ms`);
  }

  private tellRefusal(text: string): void {
    if (text !== this.refusal) this.logger.error(`No channel can be subscribed to: ${text}`);
    this.refusal = text;
  }

  private isOwed(token: string): boolean {
    return token === this.token && !this.hasArrived;
  }

  /** Who waits is told when the engine is away; while something is being repaired, he goes on waiting. */
  private timerOf(waiter: () => Waiter): NodeJS.Timeout {
    return setTimeout(() => {
      if (this.log.isConnected && this.commands.client) {
        waiter().timer = this.timerOf(waiter);
        return;
      }
      this.waiting = this.waiting.filter((other) => other !== waiter());
      this.awaited = this.awaited.filter((other) => other !== waiter());
      waiter().reject(new SseBackplaneError(`Redis is away: ${this.commands.error.message}`));
    }, this.timeout).unref();
  }
}

function settle({ timer }: Waiter, act: () => void): void {
  clearTimeout(timer);
  act();
}
