import { setTimeout as delay } from 'node:timers/promises';
import { RedisServer } from '../../test/harness/redis-server.js';
import { type ClientCommands } from '../client/client-commands.js';
import { type Contender } from '../contenders.js';
import { Remote } from '../process/remote.js';
import { type ServerCommands, type StartOptions } from '../servers/server-commands.js';

/** How many connections are under way at once while they are being opened: enough to keep the server busy throughout. */
const CONCURRENCY = 64;

/** How clients come: all with a cursor, say, or more of them at once. */
export interface Opening {
  lastEventId?: string;
  concurrency?: number;
  /** Default `/events`. */
  path?: string;
}

/** How often it is looked whether the server has noticed that its clients are gone, in ms. */
const LOOK = 50;

/** The server of one contender and its clients, a fresh process for each. */
export class Pair {
  private constructor(
    readonly server: Remote<ServerCommands>,
    readonly client: Remote<ClientCommands>,
    private readonly contender: Contender,
    private readonly port: number,
  ) {}

  /** Runs `task` with a fresh pair, and ends both processes whatever comes of it. */
  static async run<T>(
    contender: Contender,
    task: (pair: Pair) => Promise<T>,
    options: StartOptions = {},
    nodeOptions: readonly string[] = [],
  ): Promise<T> {
    const redis = contender.needsRedis && (await RedisServer.start());
    const server = new Remote<ServerCommands>(new URL(`../servers/${contender.id}.js`, import.meta.url), [
      '--expose-gc',
      ...nodeOptions,
    ]);
    const client = new Remote<ClientCommands>(new URL('../client/client.js', import.meta.url));
    try {
      const { port } = await server.call('start', { ...options, redisUrl: redis?.url });
      return await task(new Pair(server, client, contender, port));
    } finally {
      await Promise.all([client.stop(), server.stop()]);
      await redis?.stop();
    }
  }

  open(
    connections: number,
    { lastEventId, concurrency = CONCURRENCY, path = '/events' }: Opening = {},
  ): Promise<{ milliseconds: number }> {
    const { protocol, acceptEncoding } = this.contender;
    const { port } = this;
    return this.client.call('open', { port, path, protocol, acceptEncoding, connections, concurrency, lastEventId });
  }

  /** Cuts all clients, and resolves when the server has let go of them. */
  async leave(): Promise<void> {
    await this.client.call('cut', null);
    while ((await this.server.call('connections', null)) > 0) await delay(LOOK);
  }
}
