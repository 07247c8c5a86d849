import { Inject, Injectable, Logger } from '@nestjs/common';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ResolvedOptions } from '../options/resolved-options.js';
import { SSE_OPTIONS } from '../options/tokens.js';
import { logLine } from '../protocol/log-line.js';
import { readUnacknowledged, type Unacknowledged } from '../transport/kernel-sockets.js';
import { ConnectionRegistry } from './connection-registry.js';
import { monotonicNow } from './monotonic.js';
import { type SseConnection } from './sse-connection.js';
import { TimerWheel, WheelEntry } from './timer-wheel.js';

/** Connections that are looked at in one turn of the event loop: a fraction of a millisecond. */
const SLICE = 500;

/** A connection whose bytes do not get through, and since when. */
interface Suspect {
  readonly reached: number;
  readonly since: number;
}

/**
 * Finds connections whose client is gone without a word. That the kernel took a heartbeat is no sign of life: it buffers
 * for a quarter of an hour. What counts is that bytes arrive, so a connection goes when for `idleTimeout` nothing was
 * written to it, or nothing of what was written got any further: out of this process or, where Linux tells, to
 * acknowledgement by the peer.
 */
@Injectable()
export class IdleSweep extends WheelEntry {
  private readonly logger = new Logger('SseIdleSweep');
  private readonly suspects = new WeakMap<SseConnection, Suspect>();
  /** @internal The sweep of now, if there is one. */
  underWay: Promise<void> | undefined;

  constructor(
    @Inject(SSE_OPTIONS) private readonly options: ResolvedOptions,
    private readonly registry: ConnectionRegistry,
    private readonly wheel: TimerWheel,
  ) {
    super();
    registry.closed$.subscribe(() => {
      if (registry.count === 0) wheel.cancel(this);
    });
  }

  /** @internal Looks every `sweepInterval` for as long as there are connections. */
  start(): void {
    if (this.slot || this.underWay) return;
    this.wheel.add(this, this.options.connections.sweepInterval);
  }

  override run(): void {
    if (this.registry.count === 0) return;
    this.underWay = this.sweep()
      .then(() => undefined)
      .finally(() => {
        this.underWay = undefined;
        if (this.registry.count > 0) this.start();
      });
  }

  /** Looks over all connections, some in each turn of the event loop, and closes those that are idle. Returns how many. */
  async sweep(): Promise<number> {
    const unacknowledged = await readUnacknowledged();
    const now = monotonicNow();
    const connections = this.registry.all();
    let closed = 0;
    for (let first = 0; first < connections.length; first += SLICE) {
      if (first > 0) await nextTurn();
      for (const connection of connections.slice(first, first + SLICE)) {
        if (connection.isClosed || !this.isIdle(connection, unacknowledged, now)) continue;
        connection.close('idle');
        closed++;
      }
    }
    if (closed > 0)
      this.logger.log(logLine('Closed connections that nothing reached any more', { connections: closed }));
    return closed;
  }

  private isIdle(connection: SseConnection, unacknowledged: Unacknowledged, now: number): boolean {
    const { idleTimeout } = connection.settings.connections;
    if (idleTimeout === null) return false;
    const { unflushed, flushed } = connection.progress;
    const inKernel = bytesInKernel(connection, unacknowledged);
    if (unflushed === 0 && inKernel === 0) {
      this.suspects.delete(connection);
      return now - connection.lastWrite >= idleTimeout;
    }
    const reached = flushed - inKernel;
    const suspect = this.suspects.get(connection);
    if (suspect && reached <= suspect.reached) return now - suspect.since >= idleTimeout;
    this.suspects.set(connection, { reached, since: now });
    return false;
  }
}

/** On HTTP/2 many streams share a socket: what waits in the kernel is nobody's in particular. */
function bytesInKernel({ response }: SseConnection, unacknowledged: Unacknowledged): number {
  return !response?.socket || 'stream' in response ? 0 : unacknowledged.of(response.socket);
}
