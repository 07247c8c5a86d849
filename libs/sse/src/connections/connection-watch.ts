import { Injectable } from '@nestjs/common';
import { ConnectionRegistry } from './connection-registry.js';
import { HeartbeatService } from './heartbeat.service.js';
import { IdleSweep } from './idle-sweep.js';
import { MaxAge } from './max-age.js';
import { type SseConnection } from './sse-connection.js';
import { TimerWheel } from './timer-wheel.js';

/** Everything that goes on beside an open connection until it ends: heartbeats, its age, the sweep, its user's limit. */
@Injectable()
export class ConnectionWatch {
  constructor(
    private readonly registry: ConnectionRegistry,
    private readonly heartbeats: HeartbeatService,
    private readonly sweep: IdleSweep,
    private readonly wheel: TimerWheel,
  ) {}

  start(connection: SseConnection): void {
    this.heartbeats.watch(connection);
    MaxAge.watch(connection, this.wheel);
    this.sweep.start();
    this.replaceOldest(connection);
  }

  /** The newcomer is open: now, and not before, the user's oldest gives way. */
  private replaceOldest({ userId, settings }: SseConnection): void {
    const { ofProcess, ofRoute } = settings.replaceBeyond;
    if (userId === undefined) return;
    if (ofRoute !== null) {
      const ofThisRoute = this.registry.byUser(userId).filter((other) => other.settings === settings);
      closeOldest(ofThisRoute, ofRoute);
    }
    if (ofProcess !== null && this.registry.countByUser(userId) > ofProcess) {
      closeOldest(this.registry.byUser(userId), ofProcess);
    }
  }
}

function closeOldest(connections: readonly SseConnection[], max: number): void {
  for (const connection of connections.slice(0, Math.max(0, connections.length - max))) connection.close('replaced');
}
