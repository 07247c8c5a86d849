import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** One connection through the link. */
class LinkedConnection {
  /** Connections on which something is subscribed to carry events, the others commands. */
  purpose: 'commands' | 'events' = 'commands';

  constructor(
    readonly near: Socket,
    readonly far: Socket,
  ) {}

  destroy(): void {
    this.near.destroy();
    this.far.destroy();
  }
}

/** What becomes of bytes: true to pass them on, false to swallow them. */
type Filter = (text: string, connection: LinkedConnection) => boolean;

/** A stretch of network between a node and Redis that does what networks do. */
export class RedisLink {
  readonly connections = new Set<LinkedConnection>();
  /** What Redis is told. */
  passesRequest: Filter = () => true;
  /** What Redis says. */
  passesReply: Filter = () => true;
  private isCut = false;

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async to(port: number): Promise<RedisLink> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const link = new RedisLink(server, (server.address() as AddressInfo).port);
    server.on('connection', (near) => {
      if (link.isCut) near.destroy();
      else link.join(new LinkedConnection(near, connect(port, '127.0.0.1')));
    });
    return link;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Breaks all connections; new ones are refused until it is mended. */
  cut(): void {
    this.isCut = true;
    this.drop();
  }

  mend(): void {
    this.isCut = false;
    this.passesRequest = this.passesReply = () => true;
  }

  /** Breaks the connections that there are, of one purpose or all. */
  drop(purpose?: LinkedConnection['purpose']): void {
    for (const connection of this.connections) {
      if (purpose === undefined || connection.purpose === purpose) connection.destroy();
    }
  }

  close(): void {
    this.cut();
    this.server.close();
  }

  private join(connection: LinkedConnection): void {
    const { near, far } = connection;
    this.connections.add(connection);
    near.on('data', (data) => {
      if (/\bs?subscribe\b/i.test(data.toString().slice(0, 40))) connection.purpose = 'events';
      if (this.passesRequest(data.toString(), connection)) far.write(data);
    });
    far.on('data', (data) => {
      if (this.passesReply(data.toString(), connection)) near.write(data);
    });
    for (const socket of [near, far]) {
      // Whatever went wrong is followed by the close, which takes the other end along.
      socket.on('error', () => {});
      socket.on('close', () => {
        this.connections.delete(connection);
        connection.destroy();
      });
    }
  }
}
