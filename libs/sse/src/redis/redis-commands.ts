import { Logger } from '@nestjs/common';
import { SseBackplaneError } from '../backplane/sse-backplane-error.js';
import { backplaneError, isAboutServer, isScriptUnknown, textOf } from './error-cause.js';
import { LastingConnection } from './lasting-connection.js';
import { type LogKnowledge, type LogState } from './log-knowledge.js';
import { type RedisClient } from './redis-client.js';
import { type Connected, type RedisEndpoint } from './redis-endpoint.js';
import { type RedisKeys } from './redis-keys.js';
import { type RedisSettings } from './redis-options.js';
import { ReplyWatchdog } from './reply-watchdog.js';
import { ALL_SCRIPTS } from './scripts/all-scripts.js';
import { type LuaScript } from './scripts/lua-script.js';
import { OPEN_SCRIPT } from './scripts/read.js';
import { type ServerFacts } from './server-facts.js';

/** What a script returned: where the log stands, and the rest. */
export interface ScriptReply {
  readonly state: LogState;
  readonly rest: readonly unknown[];
}

/** Everything that is asked of Redis goes over this one connection, in order. */
export class RedisCommands {
  private readonly logger = new Logger('SseRedis');
  private readonly connection: LastingConnection;
  private readonly watchdog = new ReplyWatchdog((reason) => this.connection.drop(reason));
  private readonly listeners = new Set<() => void>();
  /** Those who wait for a connection. */
  private readonly waiting = new Set<() => void>();
  private server: ServerFacts | undefined;
  /** Dangers that were told of. */
  private readonly told = new Set<string>();
  private isClosed = false;

  constructor(
    endpoint: RedisEndpoint,
    private readonly keys: RedisKeys,
    private readonly knowledge: LogKnowledge,
    private readonly settings: RedisSettings,
  ) {
    this.connection = new LastingConnection('commands', endpoint.name, () => endpoint.connect(), {
      prepare: (connected) => this.prepare(connected),
      up: () => this.comeUp(),
      down: () => this.watchdog.reset(),
    });
  }

  open(): Promise<void> {
    this.watchdog.start();
    return this.connection.open();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.watchdog.stop();
    for (const wake of [...this.waiting]) wake();
    await this.connection.close();
  }

  get client(): RedisClient | undefined {
    return this.connection.client;
  }

  /** Why there is no client. */
  get error(): SseBackplaneError {
    if (this.isClosed) return new SseBackplaneError('The backplane was closed: the application is shutting down.');
    return this.connection.error;
  }

  /** The listener is called whenever there is a connection again. */
  onUp(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** Resolves when there is a connection, or when the backplane is closed. */
  async whenUp(): Promise<void> {
    while (!this.client && !this.isClosed) {
      await new Promise<void>((resolve) => this.waitFor(resolve));
    }
  }

  /**
   * Runs a script, waiting for a connection if there is none.
   *
   * @throws SseBackplaneError
   */
  async run(script: LuaScript, words: readonly string[] = []): Promise<ScriptReply> {
    return this.attempt(script.name, script.repeatable, async (client) => {
      try {
        return await this.evaluate(client, script, words);
      } catch (error) {
        if (!isScriptUnknown(error)) throw error;
        await this.loadScripts(client);
        return this.evaluate(client, script, words);
      }
    });
  }

  /** Sends a plain command, waiting for a connection if there is none. */
  send(words: readonly string[], { repeatable }: { repeatable: boolean }): Promise<unknown> {
    return this.attempt(words[0] ?? '', repeatable, (client) => this.exchange(client, words));
  }

  /** Runs a script on a connection, and notes where the log stands by its reply. */
  async evaluate(client: RedisClient, script: LuaScript, words: readonly string[]): Promise<ScriptReply> {
    const publish = this.server?.hasShardedTopics ? 'SPUBLISH' : 'PUBLISH';
    const common = [...this.knowledge.words, this.settings.persistence, publish, this.keys.prefix];
    const reply = await this.exchange(client, ['EVALSHA', script.sha, '1', this.keys.head, ...common, ...words]);
    const [generation, epoch, sequence, ...rest] = reply as unknown[];
    const state = { generation: Number(generation), epoch: String(epoch), sequence: Number(sequence) };
    this.knowledge.note(state);
    return { state, rest };
  }

  /** After SCRIPT FLUSH they are unknown. */
  async loadScripts(client: RedisClient): Promise<void> {
    await Promise.all(ALL_SCRIPTS.map(({ text }) => this.exchange(client, ['SCRIPT', 'LOAD', text])));
  }

  /** To be told of errors that only another connection can mend. */
  noteError(client: RedisClient, error: unknown): void {
    if (client === this.client && isAboutServer(error)) this.connection.drop(textOf(error));
  }

  private async attempt<T>(what: string, repeatable: boolean, act: (client: RedisClient) => Promise<T>): Promise<T> {
    const deadline = performance.now() + this.settings.publishTimeout;
    for (;;) {
      const client = this.client ?? (await this.clientBefore(deadline));
      try {
        return await act(client);
      } catch (error) {
        this.noteError(client, error);
        // A connection that broke says nothing of the outcome: what can be done twice is.
        const isUnknown = !client.isOpen;
        if (!(isUnknown && repeatable && performance.now() < deadline)) {
          throw backplaneError(`Redis did not do '${what}'${isUnknown ? ', as far as is known' : ''}`, error);
        }
      }
    }
  }

  private async clientBefore(deadline: number): Promise<RedisClient> {
    for (;;) {
      if (this.isClosed) throw this.error;
      const remaining = deadline - performance.now();
      if (remaining <= 0) throw this.error;
      await new Promise<void>((resolve) => this.waitFor(resolve, remaining));
      if (this.client) return this.client;
    }
  }

  private waitFor(resolve: () => void, milliseconds?: number): void {
    const wake = () => {
      clearTimeout(timer);
      this.waiting.delete(wake);
      resolve();
    };
    const timer = milliseconds === undefined ? undefined : setTimeout(wake, milliseconds).unref();
    this.waiting.add(wake);
  }

  private async prepare({ client, server }: Connected): Promise<void> {
    this.server = server;
    this.watchdog.reset();
    for (const danger of server.dangers.filter((text) => !this.told.has(text))) {
      this.told.add(danger);
      this.logger.warn(danger);
    }
    await this.loadScripts(client);
    await this.evaluate(client, OPEN_SCRIPT, []);
  }

  private comeUp(): void {
    for (const wake of [...this.waiting]) wake();
    for (const listener of this.listeners) listener();
  }

  private exchange(client: RedisClient, words: readonly string[]): Promise<unknown> {
    return this.watchdog.watch(client.sendCommand(words));
  }
}
