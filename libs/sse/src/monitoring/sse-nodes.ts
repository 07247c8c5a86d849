import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { hostname } from 'node:os';
import { type Backplane } from '../backplane/backplane.js';
import { BACKPLANE } from '../backplane/tokens.js';
import { type SheddingStep } from './load-shedding.js';
import { type PressureLevel } from './pressure-level.js';
import { ResourceMonitor } from './resource-monitor.js';
import { SseMetrics } from './sse-metrics.js';

/** A node as it has last described itself. */
export interface NodeSummary {
  /** Its id, which the ids of its connections begin with. */
  readonly node: string;
  /** Its machine or container. */
  readonly host: string;
  /** Its process. */
  readonly pid: number;
  /** When it said so, in milliseconds since 1970 by its own clock. */
  readonly at: number;
  /** Milliseconds since its start. */
  readonly uptime: number;
  /** Open connections. */
  readonly connections: number;
  /** Events that it has published, a second. */
  readonly published: number;
  /** Events that it has written, a second. */
  readonly sent: number;
  /** Events from their publication to the socket, 99 % of them, in milliseconds. */
  readonly latency: number;
  /** CPU in % of one core. */
  readonly cpu: number;
  /** Resident memory in % of what there is. */
  readonly memory: number;
  /** What the event loop was late by, in milliseconds. */
  readonly eventLoopDelay: number;
  /** Bytes that wait for slow clients. */
  readonly queuedBytes: number;
  /** The highest level of all that is watched. */
  readonly level: PressureLevel;
  /** What it does about it. */
  readonly shedding: SheddingStep;
}

/**
 * All nodes that share the backplane. Each describes itself with the lease by which it is known to be alive, every
 * `monitoring.interval`: one small call of the engine each time.
 *
 * @example
 * constructor(private readonly nodes: SseNodes) {}
 * async everybody() { return (await this.nodes.all()).reduce((sum, { connections }) => sum + connections, 0); }
 */
@Injectable()
export class SseNodes implements OnApplicationBootstrap {
  /** @internal */
  constructor(
    @Inject(BACKPLANE) private readonly backplane: Backplane,
    private readonly metrics: SseMetrics,
    private readonly monitor: ResourceMonitor,
  ) {}

  /** Called by Nest. */
  onApplicationBootstrap(): void {
    this.describe();
    this.monitor.looks$.subscribe(() => this.describe());
  }

  /**
   * The nodes that are alive, this one first, those of other versions of this library left out.
   *
   * @throws SseBackplaneError if the engine behind the backplane is away
   */
  async all(): Promise<NodeSummary[]> {
    const own = this.own();
    const leases = await this.backplane.nodes();
    const others = leases.map(({ payload }) => payload).filter((payload) => isLike(own, payload));
    return [own, ...others.filter(({ node }) => node !== own.node)];
  }

  private describe(): void {
    this.backplane.describeNode(this.own());
  }

  /** This node, now. */
  own(): NodeSummary {
    const { node, uptime, connections, rates, latency, resources, level, shedding } = this.metrics.brief();
    return {
      node,
      host: hostname(),
      pid: process.pid,
      at: Date.now(),
      uptime,
      connections: connections.active,
      published: rates.published,
      sent: rates.sent,
      latency: latency.p99,
      cpu: resources.cpu,
      memory: resources.memory,
      eventLoopDelay: resources.eventLoopDelay,
      queuedBytes: connections.queuedBytes,
      level,
      shedding,
    };
  }
}

/** A node of another version may say other things of itself. */
function isLike(own: NodeSummary, payload: unknown): payload is NodeSummary {
  return typeof payload === 'object' && payload !== null && Object.keys(own).every((key) => key in payload);
}
