import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net';
import { DelayLine } from './delay-line.js';

/** `up` is towards the server, `down` is what it answers. */
export type Direction = 'up' | 'down';

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
  readonly down: DelayLine;
}

/**
 * A stretch of network on a port of its own, with faults: it cuts and refuses connections, delays what passes, or
 * swallows it. Swallowing ends in a cut, as TCP has it: no connection goes on with bytes missing in its midst.
 */
export class Link {
  private readonly pairs = new Set<Pair>();
  private isRefusing = false;
  private latency = 0;
  private readonly swallowing = new Set<Direction>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
    private readonly target: NetConnectOpts,
  ) {}

  static async to(target: NetConnectOpts): Promise<Link> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const link = new Link(server, (server.address() as AddressInfo).port, target);
    server.on('connection', (near) => link.join(near));
    return link;
  }

  cut(): void {
    for (const { near, far } of this.pairs) {
      near.destroy();
      far.destroy();
    }
  }

  /** Cuts all, and lets nobody in until it is mended. */
  refuse(): void {
    this.isRefusing = true;
    this.cut();
  }

  delay(milliseconds: number): void {
    this.latency = milliseconds;
  }

  swallow(...directions: Direction[]): void {
    for (const direction of directions) this.swallowing.add(direction);
  }

  /** The client on this port of its own takes nothing more, until it goes on. */
  stall(clientPort: number): void {
    this.pairOf(clientPort)?.down.stall();
  }

  goOn(clientPort: number): void {
    this.pairOf(clientPort)?.down.goOn();
  }

  /** No more faults. Connections that have lost bytes end. */
  mend(): void {
    this.isRefusing = false;
    this.latency = 0;
    if (this.swallowing.size > 0) this.cut();
    this.swallowing.clear();
  }

  close(): void {
    this.refuse();
    this.server.close();
  }

  private join(near: Socket): void {
    if (this.isRefusing) {
      near.destroy();
      return;
    }
    const far = connect(this.target);
    const pair: Pair = { near, far, down: new DelayLine(far, near) };
    this.pairs.add(pair);
    for (const [from, to, direction, line] of [
      [near, far, 'up', new DelayLine(near, far)],
      [far, near, 'down', pair.down],
    ] as const) {
      from.on('data', (bytes) => {
        if (!this.swallowing.has(direction)) line.pass(bytes, this.latency);
      });
      from.on('end', () => line.end(this.latency));
      // Whatever went wrong is followed by the close, which takes the other end along.
      from.on('error', () => undefined);
      from.on('close', (hadError) => {
        this.pairs.delete(pair);
        if (hadError) to.destroy();
        else line.end(this.latency);
      });
    }
  }

  private pairOf(clientPort: number): Pair | undefined {
    return [...this.pairs].find(({ near }) => near.remotePort === clientPort);
  }
}
