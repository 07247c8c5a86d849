import { Injectable } from '@nestjs/common';
import { type Attachment } from '../connections/attachment.js';
import { ConnectionRegistry } from '../connections/connection-registry.js';
import { type SseConnection } from '../connections/sse-connection.js';
import { TimerWheel, WheelEntry } from '../connections/timer-wheel.js';
import { frameOf } from '../protocol/event-encoder.js';

/**
 * Ends streams when the token of their identity does, after an `sse:expiring`. Plainly: a client that has a newer token by
 * then, such as a browser with a renewed cookie, comes back with it.
 */
@Injectable()
export class TokenExpiry {
  constructor(
    registry: ConnectionRegistry,
    private readonly wheel: TimerWheel,
  ) {
    registry.opened$.subscribe((connection) => this.watch(connection));
    registry.renewed$.subscribe((connection) => this.watch(connection));
  }

  private watch(connection: SseConnection): void {
    const expiresAt = connection.identity?.expiresAt;
    if (connection.isClosed) return;
    connection.detach('expiry');
    if (expiresAt) connection.attach('expiry', new Expiry(connection, expiresAt, this.wheel));
  }
}

/** The notice to one connection, and then its end. Both are counted by the monotonic clock, whatever the wall clock does. */
class Expiry extends WheelEntry implements Attachment {
  /** Until the end, once the notice was given; `undefined` when the end is next. */
  private afterNotice: number | undefined;

  constructor(
    private readonly connection: SseConnection,
    private readonly expiresAt: Date,
    private readonly wheel: TimerWheel,
  ) {
    super();
    const left = Math.max(0, expiresAt.getTime() - Date.now());
    const { raw, connections } = connection.settings;
    // Raw streams get no events of ours.
    if (!raw && connections.expiringNotice !== null) this.afterNotice = Math.min(left, connections.expiringNotice);
    wheel.add(this, left - (this.afterNotice ?? 0));
  }

  release(): void {
    this.wheel.cancel(this);
  }

  override run(): void {
    const { connection, afterNotice } = this;
    if (afterNotice === undefined) {
      connection.close('expired');
      return;
    }
    this.afterNotice = undefined;
    const data = JSON.stringify({ at: this.expiresAt.toISOString() });
    connection.deliverControl(frameOf({ type: 'sse:expiring', data }, { isControl: true }));
    this.wheel.add(this, afterNotice);
  }
}
