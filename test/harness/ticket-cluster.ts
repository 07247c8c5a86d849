import { EventEmitter } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { Subject } from 'rxjs';
import { type Backplane, type BackplaneNode } from '../../libs/sse/src/backplane/backplane.js';
import { InProcessBackplane } from '../../libs/sse/src/backplane/in-process-backplane.js';
import { SseBackplaneError } from '../../libs/sse/src/backplane/sse-backplane-error.js';
import { ConnectionIds } from '../../libs/sse/src/channels/connection-ids.js';
import { type BackplaneLink } from '../../libs/sse/src/channels/backplane-link.js';
import { type SseBroadcaster } from '../../libs/sse/src/channels/sse-broadcaster.js';
import { type SseRevocations } from '../../libs/sse/src/channels/sse-revocations.js';
import { type ClosedConnection, type ConnectionRegistry } from '../../libs/sse/src/connections/connection-registry.js';
import { type SseConnection } from '../../libs/sse/src/connections/sse-connection.js';
import { TimerWheel } from '../../libs/sse/src/connections/timer-wheel.js';
import { resolveOptions } from '../../libs/sse/src/options/check-options.js';
import { type SseIdentity } from '../../libs/sse/src/options/sse-identity.js';
import { type HttpExchange } from '../../libs/sse/src/transport/http-exchange.js';
import { LiveTickets } from '../../libs/sse/src/security/live-tickets.js';
import { SseTickets, type TicketOptions } from '../../libs/sse/src/security/sse-tickets.js';
import { TicketClaims } from '../../libs/sse/src/security/ticket-claims.js';
import { readTicket, ticketKey } from '../../libs/sse/src/security/ticket-record.js';
import { TicketStore } from '../../libs/sse/src/security/ticket-store.js';

/** Nodes that share one engine, whose answers come in an order that a seed decides. */
export class TicketCluster {
  readonly openStreams: TicketStream[] = [];
  private readonly nodes: TicketNode[] = [];
  private readonly engine = new InProcessBackplane();
  private busy = 0;

  private constructor(private state: number) {}

  static async start(nodes: number, seed = 1): Promise<TicketCluster> {
    const cluster = new TicketCluster(seed);
    await cluster.engine.start({ id: 'node' } as BackplaneNode, resolveOptions());
    while (cluster.nodes.length < nodes) cluster.nodes.push(new TicketNode(cluster));
    return cluster;
  }

  /** Their ids: a whole stream is more than a failing test should print. */
  get openIds(): string[] {
    return this.openStreams.map(({ id }) => id);
  }

  node(index: number): TicketNode {
    return this.nodes[index % this.nodes.length]!;
  }

  issue(options?: TicketOptions, identity: Partial<SseIdentity> = {}): Promise<string> {
    return this.node(0).tickets.issue({ userId: 'ann', permissions: [], ...identity }, options);
  }

  /** The number of the last use that opened a stream, as the engine has it. */
  async lastUse(ticket: string): Promise<number | undefined> {
    const text = await this.engine.get(ticketKey(ticket)!);
    return text === undefined ? undefined : readTicket(text)?.lastUse;
  }

  /** mulberry32. */
  random(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  async pause(most = 4): Promise<void> {
    for (let turns = Math.floor(this.random() * (most + 1)); turns > 0; turns--) await turn();
  }

  /** Nothing is asked of the engine any more. */
  async settled(): Promise<void> {
    for (let quiet = 0; quiet < 20; quiet = this.busy === 0 ? quiet + 1 : 0) await turn();
  }

  close(): Promise<void> {
    return this.engine.close();
  }

  /** Who stands still is not waited for. */
  private async wait(node: TicketNode): Promise<void> {
    if (!node.standstill) return;
    this.busy--;
    await node.standstill;
    this.busy++;
  }

  /** The engine as a node sees it: its answers take their time, and what a node can't reach does not happen. */
  engineOf(node: TicketNode): Backplane {
    const slow =
      <A extends unknown[], T>(verb: (...args: A) => Promise<T>) =>
      async (...args: A): Promise<T> => {
        if (node.isCut) throw new SseBackplaneError('The engine is away.');
        this.busy++;
        await this.pause();
        await this.wait(node);
        const result = await verb.apply(this.engine, args);
        await this.pause();
        this.busy--;
        return result;
      };
    const { put, get, take } = this.engine;
    return { put: slow(put), get: slow(get), take: slow(take) } as Partial<Backplane> as Backplane;
  }
}

/** A request with a ticket. */
interface OpenInit {
  isReconnect?: boolean;
  /** The handler throws. */
  fails?: boolean;
  /** What the handler waits for. */
  opensAfter?: Promise<void>;
  /** Called just before the head is sent. */
  opened?: () => void;
}

/** One node: its own services on the shared engine. */
class TicketNode {
  readonly tickets: SseTickets;
  /** The engine is away, as this node sees it. */
  isCut = false;
  /** It stands still: what it is about to ask waits for this. */
  standstill: Promise<void> | undefined;
  /** Called when a request has found its ticket and is about to claim it. */
  afterLook: (() => unknown) | undefined;
  readonly opened$ = new Subject<SseConnection>();
  readonly closed$ = new Subject<ClosedConnection>();
  private readonly claims: TicketClaims;
  private readonly live: LiveTickets;

  constructor(private readonly cluster: TicketCluster) {
    const options = resolveOptions();
    const store = new TicketStore(cluster.engineOf(this));
    const isRevoked = () => {
      this.afterLook?.();
      return Promise.resolve(false);
    };
    const revocations = { isRevoked } as Partial<SseRevocations> as SseRevocations;
    const { opened$, closed$ } = this;
    const registry = { opened$, closed$, get: () => undefined } as Partial<ConnectionRegistry> as ConnectionRegistry;
    const disconnect = async ({ connection }: { connection: string }) => {
      await cluster.pause();
      cluster.openStreams.find(({ id }) => id === connection)?.leave();
    };
    const broadcaster = { disconnect } as Partial<SseBroadcaster> as SseBroadcaster;
    this.claims = new TicketClaims(store, revocations);
    const link = { beforeClosing: () => {} } as Partial<BackplaneLink> as BackplaneLink;
    this.live = new LiveTickets(store, new TimerWheel(), options, registry, broadcaster, link);
    this.tickets = new SseTickets(options, store, this.claims);
  }

  /** A stream, or nothing if it was refused, or fails before it opens. */
  async open(
    ticket: string,
    { isReconnect = false, fails = false, opensAfter, opened }: OpenInit = {},
  ): Promise<TicketStream | undefined> {
    const stream = new TicketStream(this, this.cluster);
    try {
      const claim = await this.claims.claim({ ticket, isReconnect });
      this.live.begin(claim, stream.exchange);
      await (opensAfter ?? this.cluster.pause(2));
      await this.live.bind(stream.connection);
      await this.cluster.pause(2);
    } catch {
      fails = true;
    }
    opened?.();
    if (fails) stream.response.emit('close');
    else stream.open();
    return fails ? undefined : stream;
  }

  redeem(ticket: string): Promise<object | undefined> {
    return this.tickets.redeem(ticket);
  }
}

/** A request, and the stream that it becomes. */
class TicketStream {
  readonly id = new ConnectionIds().next();
  readonly response = Object.assign(new EventEmitter(), { stream: { rstCode: 0 } });
  readonly exchange = { response: this.response, isHttp2: true, isOver: () => false } as object as HttpExchange;
  readonly connection = {
    id: this.id,
    response: this.response,
    settings: { connections: { retryAfter: 1 } },
    close: () => this.leave(),
  } as object as SseConnection;

  constructor(
    private readonly node: TicketNode,
    private readonly cluster: TicketCluster,
  ) {}

  open(): void {
    this.cluster.openStreams.push(this);
    this.node.opened$.next(this.connection);
  }

  leave(): void {
    const { openStreams } = this.cluster;
    if (!openStreams.includes(this)) return;
    openStreams.splice(openStreams.indexOf(this), 1);
    this.node.closed$.next({ connection: this.connection, reason: 'client' });
  }
}
