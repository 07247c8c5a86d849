import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SseModuleOptions } from 'nestjs-event-stream';
import { type Profile } from '../profile.js';
import { type Random } from '../random.js';
import { Engine } from './engine.js';
import { type ClientInit, EventSourceClient } from './event-source.js';
import { Link } from './link.js';
import { NodeProcess } from './node-process.js';
import { Traffic } from './traffic.js';

export interface WorldInit {
  readonly profile: Profile;
  readonly options: SseModuleOptions;
  /** How many channels. */
  readonly channels: number;
  /** The compiled application. */
  readonly script: string;
  readonly random: Random;
}

/** A node with the links to and from it. */
export interface WorldNode {
  readonly name: string;
  readonly process: NodeProcess;
  readonly clients: Link;
  /** In-process there is none. */
  readonly redis?: Link;
}

export const USERS = ['ann', 'bob', 'cleo', 'dan', 'eve'];

/** Everything that a seed needs: nodes, their Redis, the links between them, clients and publishers. */
export class World {
  readonly clients: EventSourceClient[] = [];
  readonly traffic: Traffic;
  /** When what was kept was last lost: by Redis, or by a node without one. */
  lostDataAt: number | undefined;
  private began = performance.now();

  private constructor(
    private readonly folder: string,
    readonly nodes: readonly WorldNode[],
    readonly engine: Engine | undefined,
    readonly channels: readonly string[],
    private readonly random: Random,
  ) {
    this.traffic = new Traffic({ ...this.surroundings(), channels, users: USERS });
  }

  static async create({ profile, options, channels, script, random }: WorldInit): Promise<World> {
    const folder = await mkdtemp(join(tmpdir(), 'sse-chaos-'));
    const engine = profile.redis && (await Engine.start());
    const nodes: WorldNode[] = [];
    for (let number = 1; number <= profile.nodes; number++) {
      const name = `node ${number}`;
      const socket = join(folder, `node-${number}.sock`);
      const redis = engine && (await Link.to({ host: '127.0.0.1', port: engine.server.port }));
      const backend = redis && { url: `redis://127.0.0.1:${redis.port}`, prefix: 'chaos', ...profile.redis };
      const process = new NodeProcess(name, script, { socket, redis: backend, options });
      nodes.push({ name, process, clients: await Link.to({ path: socket }), redis });
    }
    const names = Array.from({ length: channels }, (_, channel) => `room-${channel + 1}`);
    return new World(folder, nodes, engine, names, random);
  }

  /** @param starts how often each node will be started, this time included */
  async start(starts: readonly number[]): Promise<void> {
    await Promise.all(this.nodes.map(({ process }, node) => process.load(starts[node] ?? 1)));
    await Promise.all(this.nodes.map(({ process }) => process.start()));
    this.began = performance.now();
  }

  /** Milliseconds since the nodes were there. */
  now = (): number => performance.now() - this.began;

  addClient(init: ClientInit): EventSourceClient {
    const client = new EventSourceClient(init, this.surroundings());
    this.clients.push(client);
    return client;
  }

  async end(): Promise<void> {
    for (const client of this.clients) client.close();
    await Promise.all(this.nodes.map(({ process }) => process.close()));
    await this.traffic.stop();
    for (const { clients, redis } of this.nodes) {
      clients.close();
      redis?.close();
    }
    await this.engine?.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  private surroundings() {
    const links = this.nodes.map(({ name, clients }) => ({ name, link: clients }));
    return { links, random: this.random.fork(), now: this.now };
  }
}
