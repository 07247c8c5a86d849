import { SseOptionsError } from '../index.js';
import { type ClientSource } from './redis-client.js';

/** How a node reaches the Redis that it shares with others. */
export interface RedisBackplaneOptions {
  /** `redis[s]://[[user][:password]@]host[:port][/database]`: one server, or any node of a cluster. */
  url?: string;
  /**
   * Instead of a URL, a client made by `createClient()` or `createCluster()`, with its options. It is duplicated: it need
   * not be connected, and it is never closed.
   */
  client?: ClientSource;
  /**
   * What the names of all keys and topics begin with, in braces: `{sse}:…`, so that a cluster keeps them on one server.
   * Applications that share a Redis need one each. Default: `sse`.
   */
  prefix?: string;
  /**
   * `always` declares that this Redis never forgets what it has acknowledged: `appendonly yes` and `appendfsync always`,
   * and no fail-over to a replica. Its history is then good after a restart, too. Without it, clients are told by
   * `sse:reset` to load their state anew after a restart, since the last events may be lost.
   */
  persistence?: 'always';
  /** How long a publish waits for a Redis that is away, in milliseconds, before it fails. Default: 1,000. */
  publishTimeout?: number;
  /** A node that was not heard of for so many milliseconds is dead: its members leave. Default: 30,000. */
  lease?: number;
}

/** The options with their defaults. */
export interface RedisSettings {
  readonly source: { readonly url: string } | { readonly client: ClientSource };
  readonly prefix: string;
  readonly persistence: 'always' | '';
  readonly publishTimeout: number;
  readonly lease: number;
}

/** @throws SseOptionsError */
export function redisSettings(options: RedisBackplaneOptions): RedisSettings {
  const { url, client, prefix = 'sse', persistence, publishTimeout = 1_000, lease = 30_000 } = options;
  checkSource(url, client);
  // Braces would end the hash tag, and the rest would spoil the names of keys.
  if (!/^[^\s{}]{1,64}$/.test(prefix)) {
    throw new SseOptionsError('redisBackplane.prefix', prefix, 'use 1 to 64 characters without spaces and braces');
  }
  if (persistence !== undefined && (persistence as string) !== 'always') {
    throw new SseOptionsError('redisBackplane.persistence', persistence, "use 'always', or leave it out");
  }
  checkTime('publishTimeout', publishTimeout);
  checkTime('lease', lease);
  const source = client ? { client } : { url: url ?? '' };
  return { source, prefix, persistence: persistence ?? '', publishTimeout, lease };
}

function checkSource(url: string | undefined, client: ClientSource | undefined): void {
  if ((url === undefined) === (client === undefined)) {
    throw new SseOptionsError(
      'redisBackplane',
      { url, client: client && 'a client' },
      'give it either a url or a client',
    );
  }
  if (url !== undefined && !(URL.canParse(url) && /^(rediss?|unix):$/.test(new URL(url).protocol))) {
    throw new SseOptionsError(
      'redisBackplane.url',
      withoutPassword(url),
      'use redis://host:port or rediss://host:port',
    );
  }
  if (client !== undefined && typeof (client as Partial<ClientSource>).duplicate !== 'function') {
    throw new SseOptionsError('redisBackplane.client', typeof client, "use a client of the package 'redis'");
  }
}

function checkTime(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1 || value > 2_147_483_647) {
    throw new SseOptionsError(`redisBackplane.${name}`, value, 'use a whole number of milliseconds, 1 or more');
  }
}

/** For logs and errors. */
export function withoutPassword(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//***@');
}
