import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { RedisServer } from '../../harness/redis-server.js';

/** What a Redis has when it starts again. */
export type KeptData = 'all' | 'older' | 'none';

/** Everything that it says it did is on its disk. */
const DURABLE = ['--appendonly', 'yes', '--appendfsync', 'always'];

/** The Redis of one seed. It keeps an earlier copy of its data, to come back with: a restored backup, a replica that lagged. */
export class Engine {
  private restarting = Promise.resolve();

  private constructor(
    readonly server: RedisServer,
    private readonly copy: string,
  ) {}

  static async start(): Promise<Engine> {
    const server = await RedisServer.start({ args: DURABLE });
    return new Engine(server, await mkdtemp(join(tmpdir(), 'sse-chaos-copy-')));
  }

  /** Copies what is on its disk now. */
  async remember(): Promise<void> {
    await rm(this.copy, { recursive: true, force: true });
    await cp(this.server.dir, this.copy, { recursive: true });
  }

  /** Kills it, and starts it again after a while. One restart at a time: a busy machine may need long for each. */
  async restart(data: KeptData, away: number): Promise<void> {
    const before = this.restarting;
    this.restarting = before.then(() => this.restartNow(data, away));
    await this.restarting;
  }

  /** Answers nothing for a while, with all its connections open. */
  async standStill(lasts: number): Promise<void> {
    this.server.pause();
    await delay(lasts);
    this.server.resume();
  }

  /** Closes connections from its side. One that is away just now has none. */
  async killConnections(types: readonly ('pubsub' | 'normal')[]): Promise<void> {
    for (const type of types) await this.server.command('CLIENT', 'KILL', 'TYPE', type).catch(() => undefined);
  }

  async stop(): Promise<void> {
    await this.server.stop();
    await rm(this.copy, { recursive: true, force: true });
  }

  private async restartNow(data: KeptData, away: number): Promise<void> {
    await this.server.kill();
    await delay(away);
    if (data === 'older') {
      await rm(this.server.dir, { recursive: true, force: true });
      await cp(this.copy, this.server.dir, { recursive: true });
    }
    await this.server.restart({ keepData: data !== 'none' });
  }
}
