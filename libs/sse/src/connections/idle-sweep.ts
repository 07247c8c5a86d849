import { Inject, Injectable, Logger } from '@nestjs/common';
import { type ResolvedOptions } from '../options/resolved-options.js';
import { SSE_OPTIONS } from '../options/tokens.js';
import { logLine } from '../protocol/log-line.js';
import { kernelSocketKey, readUnacknowledged } from '../transport/kernel-sockets.js';
import { ConnectionRegistry } from './connection-registry.js';
import { monotonicNow } from './monotonic.js';
import { type SseConnection } from './sse-connection.js';
import { TimerWheel, WheelEntry } from './timer-wheel.js';

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
  private running = false;

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
    if (this.slot || this.running) return;
    this.wheel.add(this, this.options.connections.sweepInterval);
  }

  override run(): void {
    if (this.registry.count === 0) return;
    this.running = true;
    void this.sweep().finally(() => {
      this.running = false;
      if (this.registry.count > 0) this.start();
    });
  }

  /** Looks over all connections now and closes those that are idle. Returns how many. */
  async sweep(): Promise<number> {
    const unacknowledged = await readUnacknowledged();
    const now = monotonicNow();
    const idle = this.registry.all().filter((connection) => this.isIdle(connection, unacknowledged, now));
    for (const connection of idle) connection.close('idle');
    if (idle.length > 0)
      this.logger.log(logLine('Closed connections that nothing reached any more', { connections: idle.length }));
    return idle.length;
  }

  private isIdle(connection: SseConnection, unacknowledged: ReadonlyMap<string, number>, now: number): boolean {
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
function bytesInKernel({ response }: SseConnection, unacknowledged: ReadonlyMap<string, number>): number {
  if (unacknowledged.size === 0 || !response?.socket || 'stream' in response) return 0;
  const key = kernelSocketKey(response.socket);
  return (key === undefined ? undefined : unacknowledged.get(key)) ?? 0;
}
