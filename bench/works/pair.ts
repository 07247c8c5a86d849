import { type ClientCommands } from '../client/client-commands.js';
import { type Contender } from '../contenders.js';
import { Remote } from '../process/remote.js';
import { type ServerCommands } from '../servers/server-commands.js';

/** How many connections are under way at once while they are being opened: enough to keep the server busy throughout. */
const CONCURRENCY = 64;

/** The server of one contender and its clients, a fresh process for each. */
export class Pair {
  private constructor(
    readonly server: Remote<ServerCommands>,
    readonly client: Remote<ClientCommands>,
    private readonly contender: Contender,
    private readonly port: number,
  ) {}

  /** Runs `task` with a fresh pair, and ends both processes whatever comes of it. */
  static async run<T>(contender: Contender, task: (pair: Pair) => Promise<T>): Promise<T> {
    const server = new Remote<ServerCommands>(new URL(`../servers/${contender.id}.js`, import.meta.url), [
      '--expose-gc',
    ]);
    const client = new Remote<ClientCommands>(new URL('../client/client.js', import.meta.url));
    try {
      const { port } = await server.call('start', null);
      return await task(new Pair(server, client, contender, port));
    } finally {
      await Promise.all([client.stop(), server.stop()]);
    }
  }

  open(connections: number): Promise<{ milliseconds: number }> {
    const { protocol } = this.contender;
    return this.client.call('open', { port: this.port, protocol, connections, concurrency: CONCURRENCY });
  }
}
