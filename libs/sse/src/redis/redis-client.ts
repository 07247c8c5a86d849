import { SseBackplaneError } from '../backplane/sse-backplane-error.js';

/** A client of the package `redis`, of which connections are made: that of `createClient()` or of `createCluster()`. */
export interface ClientSource {
  /** Makes another client of the same options. */
  duplicate(overrides?: object): unknown;
}

/** What is used of a connection. Kept to what `redis` 5 and 6 have in common. */
export interface RedisClient extends ClientSource {
  readonly isOpen: boolean;
  readonly options?: { readonly socket?: object };
  duplicate(overrides?: object): RedisClient;
  connect(): Promise<unknown>;
  sendCommand(args: readonly string[]): Promise<unknown>;
  subscribe(topics: string[], listener: TopicListener): Promise<void>;
  sSubscribe(topics: string[], listener: TopicListener): Promise<void>;
  unsubscribe(topics: string[], listener: TopicListener): Promise<void>;
  sUnsubscribe(topics: string[], listener: TopicListener): Promise<void>;
  /** Ends the connection at once; what waits for a reply is rejected. */
  destroy(): void;
  on(event: string, listener: (argument: unknown) => void): unknown;
}

export type TopicListener = (text: string, topic: string) => void;

/** A client of a cluster, which knows who serves which slot. */
export interface ClusterClient extends ClientSource {
  readonly masters: readonly ClusterNode[];
  readonly slots: readonly { readonly master: ClusterNode }[];
  duplicate(overrides?: object): ClusterClient;
  connect(): Promise<unknown>;
  nodeClient(node: ClusterNode): Promise<RedisClient>;
  destroy(): void;
  on(event: string, listener: (argument: unknown) => void): unknown;
}

/** A server of a cluster; opaque. */
export type ClusterNode = object;

export function isCluster(client: ClientSource): client is ClusterClient {
  return 'nodeClient' in client && 'slots' in client;
}

/** What is used of the package. */
export interface RedisPackage {
  createClient(options: object): RedisClient;
  createCluster(options: object): ClusterClient;
}

/** The package is an optional peer: who does not use this entry does not need it. */
export async function loadRedis(): Promise<RedisPackage> {
  try {
    return await import('redis');
  } catch (error) {
    const message = "redisBackplane() needs the package 'redis', which can't be loaded: npm install redis";
    throw new SseBackplaneError(message, { cause: error });
  }
}
