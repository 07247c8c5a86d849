import { type ClusterClient, isCluster, loadRedis, type RedisClient } from './redis-client.js';
import { type RedisSettings, withoutPassword } from './redis-options.js';
import { readServerFacts, type ServerFacts } from './server-facts.js';

/** A connection that was just made, and what is behind it. */
export interface Connected {
  readonly client: RedisClient;
  readonly server: ServerFacts;
}

/** A server that takes a connection and then says nothing is given up after so many milliseconds. */
const CONNECT_TIMEOUT = 5_000;

/**
 * Makes connections to the server that has our keys: of a cluster, the one that serves their slot, found anew each time.
 *
 * A connection is one client that never reconnects by itself: whatever was under way when it broke has failed, and
 * nothing is sent again or subscribed to again behind our back.
 */
export class RedisEndpoint {
  /** For logs and errors. */
  readonly name: string;

  private constructor(
    private readonly settings: RedisSettings,
    private readonly makeClient: (() => RedisClient) | undefined,
    private readonly makeCluster: () => ClusterClient,
  ) {
    this.name = 'url' in settings.source ? withoutPassword(settings.source.url) : '(the given client)';
  }

  /** @throws SseBackplaneError if the package `redis` is missing */
  static async of(settings: RedisSettings): Promise<RedisEndpoint> {
    const { source } = settings;
    if ('url' in source) {
      const redis = await loadRedis();
      const makeClient = () => redis.createClient({ url: source.url, ...ourOptions() });
      return new RedisEndpoint(settings, makeClient, () => redis.createCluster(clusterOptions(source.url)));
    }
    const { client } = source;
    const makeCluster = () => (client as ClusterClient).duplicate({ minimizeConnections: true });
    const makeClient = () => duplicateOf(client as RedisClient);
    return new RedisEndpoint(settings, isCluster(client) ? undefined : makeClient, makeCluster);
  }

  async connect(): Promise<Connected> {
    if (!this.makeClient) return this.connectToCluster();
    const connected = await this.open(this.makeClient());
    if (!connected.server.isCluster || !('url' in this.settings.source)) return connected;
    connected.client.destroy();
    return this.connectToCluster();
  }

  /** The cluster's own client is used to find the server of our slot, and let go of. */
  private async connectToCluster(): Promise<Connected> {
    const cluster = this.makeCluster();
    let cause: unknown;
    cluster.on('error', (error) => (cause = error));
    try {
      await within(CONNECT_TIMEOUT, cluster.connect());
      const [anyMaster] = cluster.masters;
      if (!anyMaster) throw new Error('CLUSTERDOWN The cluster has no servers');
      const informant = await within(CONNECT_TIMEOUT, cluster.nodeClient(anyMaster));
      const slot = await within(CONNECT_TIMEOUT, informant.sendCommand(['CLUSTER', 'KEYSLOT', this.settings.prefix]));
      const master = cluster.slots[Number(slot)]?.master;
      if (!master) throw new Error('CLUSTERDOWN No server of the cluster serves the slot of our keys');
      return await this.open(duplicateOf(await within(CONNECT_TIMEOUT, cluster.nodeClient(master))));
    } catch (error) {
      throw cause ?? error;
    } finally {
      cluster.destroy();
    }
  }

  private async open(client: RedisClient): Promise<Connected> {
    // Without a listener an error would end the process; what is awaited below rejects, too.
    client.on('error', () => undefined);
    try {
      await within(CONNECT_TIMEOUT, client.connect());
      const info = String(await within(CONNECT_TIMEOUT, client.sendCommand(['INFO'])));
      return { client, server: readServerFacts(info, this.settings.persistence) };
    } catch (error) {
      client.destroy();
      throw error;
    }
  }
}

/** What a connection of ours is, whatever the application's own clients do. */
function ourOptions(socket?: object): object {
  return {
    socket: { ...socket, reconnectStrategy: false, connectTimeout: CONNECT_TIMEOUT },
    disableOfflineQueue: true,
    // No types of the application's own, and no timer for each command: see the watchdog in RedisCommands.
    commandOptions: { timeout: undefined },
    clientSideCache: undefined,
    emitInvalidate: false,
    pingInterval: 0,
  };
}

function duplicateOf(client: RedisClient): RedisClient {
  return client.duplicate(ourOptions(client.options?.socket));
}

/** The servers that a cluster's client finds get these options, and nothing of the url that it began with. */
function clusterOptions(url: string): object {
  const { username, password, protocol } = new URL(url);
  const tls = protocol === 'rediss:' ? { tls: true } : {};
  const user = {
    username: decodeURIComponent(username) || undefined,
    password: decodeURIComponent(password) || undefined,
  };
  return { rootNodes: [{ url }], defaults: { ...user, ...ourOptions(tls) }, minimizeConnections: true };
}

async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const giveUp = () => reject(new Error(`it did not answer within ${milliseconds} ms`));
    timer = setTimeout(giveUp, milliseconds).unref();
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
