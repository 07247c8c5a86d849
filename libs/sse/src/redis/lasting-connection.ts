import { Logger } from '@nestjs/common';
import { SseBackplaneError } from '../backplane/sse-backplane-error.js';
import { explain, textOf } from './error-cause.js';
import { type RedisClient } from './redis-client.js';
import { type Connected } from './redis-endpoint.js';

const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 3_000;

/** Whoever uses a connection. */
export interface ConnectionUser {
  /** Makes a connection ready; it counts as up when this has resolved. What is thrown ends it. */
  prepare(connected: Connected): Promise<void>;
  up(): void;
  /** It broke, or could not be made. */
  down(): void;
}

/** One connection, made anew with growing pauses whenever it breaks, until it is closed. */
export class LastingConnection {
  private readonly logger = new Logger('SseRedis');
  private current: RedisClient | undefined;
  private failure: SseBackplaneError | undefined;
  /** The cause that was logged, until it is up again. */
  private logged: string | undefined;
  private failures = 0;
  private isClosed = false;
  /** Ends the present attempt, connection or pause. */
  private interrupt: (error: Error) => void = () => undefined;
  private running: Promise<void> | undefined;

  constructor(
    /** What it is for, in logs. */
    private readonly purpose: string,
    private readonly where: string,
    private readonly connect: () => Promise<Connected>,
    private readonly user: ConnectionUser,
  ) {}

  /** The client, while it is up. */
  get client(): RedisClient | undefined {
    return this.current;
  }

  /** Why it is not up. */
  get error(): SseBackplaneError {
    return this.failure ?? new SseBackplaneError(`Redis at ${this.where} has not been reached yet.`);
  }

  /** Resolves after the first attempt, whatever came of it. */
  open(): Promise<void> {
    return new Promise((resolve) => {
      this.running = this.run(resolve);
    });
  }

  /** Makes it anew: it does not do what it should. */
  drop(reason: string): void {
    this.current = undefined;
    this.interrupt(new Error(reason));
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.drop('the application has closed');
    await this.running;
  }

  private async run(tried: () => void): Promise<void> {
    while (!this.isClosed) {
      await this.live(tried);
      tried();
      await this.pause();
    }
  }

  /** One connection, from the attempt to its end. */
  private async live(isUp: () => void): Promise<void> {
    let client: RedisClient | undefined;
    let wasUp = false;
    const ended = new Promise<never>((_resolve, reject) => (this.interrupt = reject));
    ended.catch(() => undefined);
    try {
      const connecting = this.connect();
      const connected = await Promise.race([connecting, ended]).catch((error: unknown) => {
        connecting.then((late) => late.client.destroy()).catch(() => undefined);
        throw error;
      });
      client = connected.client;
      this.watch(client);
      await Promise.race([this.user.prepare(connected), ended]);
      this.current = client;
      wasUp = true;
      this.succeed();
      isUp();
      await ended;
    } catch (error) {
      this.fail(error, wasUp);
    } finally {
      client?.destroy();
    }
  }

  private watch(client: RedisClient): void {
    const end = this.interrupt;
    // Any error is its end: after a reply that can't be read nothing that follows has a meaning.
    client.on('error', (error) => end(error instanceof Error ? error : new Error(textOf(error))));
    client.on('end', () => end(new Error('the connection was closed')));
    client.on('sharded-channel-moved', () => end(new Error('MOVED The slot of our keys has moved')));
  }

  private succeed(): void {
    this.failures = 0;
    this.failure = undefined;
    if (this.logged !== undefined) this.logger.log(`Redis at ${this.where} is back (${this.purpose}).`);
    this.logged = undefined;
    this.user.up();
  }

  private fail(error: unknown, wasUp: boolean): void {
    this.current = undefined;
    this.failures++;
    this.failure = new SseBackplaneError(`Redis at ${this.where} can't be used: ${explain(error)}`, { cause: error });
    this.user.down();
    const cause = textOf(error);
    if (this.isClosed || cause === this.logged) return;
    this.logged = cause;
    if (wasUp) this.logger.warn(`The connection to Redis at ${this.where} broke (${this.purpose}): ${explain(error)}`);
    else this.logger.error(`${this.failure.message}. It is tried again until it works (${this.purpose}).`);
  }

  /** Of random length: nodes that lost one Redis together are not to come back together. */
  private async pause(): Promise<void> {
    if (this.isClosed) return;
    const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(this.failures - 1, 10));
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, longest * (0.5 + Math.random() / 2)).unref();
      this.interrupt = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
