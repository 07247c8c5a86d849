import { monotonicNow } from './monotonic.js';
import { Inject, Injectable } from '@nestjs/common';
import { type ResolvedOptions } from '../options/resolved-options.js';
import { SSE_OPTIONS } from '../options/tokens.js';
import { frameOf } from '../protocol/event-encoder.js';
import { Frame } from '../protocol/frame.js';
import { type Attachment } from './attachment.js';
import { CONNECTION_SERVICES, type ConnectionServices } from './connection-services.js';
import { ConnectionRegistry } from './connection-registry.js';
import { jitter } from './jitter.js';
import { type SseConnection } from './sse-connection.js';
import { TimerWheel, WheelEntry } from './timer-wheel.js';

/** Ignored by every client, and enough to keep proxies from cutting the stream. */
const COMMENT = ':\n\n';
/** Heartbeats of so many milliseconds are one: they are encoded once, and written by then. */
const SAME_TIME = 20;

/**
 * Those due within so many milliseconds leave together, or within a twentieth of a short interval. To wake the process for
 * one of them costs more than to send it: 1,000 a second took 22 µs each with wakes 20 ms apart (docs/benchmark.md, P6).
 */
const TOGETHER = 250;

/**
 * Signs of life for connections that nothing else is written to. Each connection is due by itself, so that they spread
 * over the interval, and all of them wait on one wheel.
 */
@Injectable()
export class HeartbeatService {
  /** Heartbeats that were written. */
  sent = 0;
  /** Heartbeats that were not needed, since the connection had been written to or its client was not reading. */
  skipped = 0;
  /** Of this service alone, since a frame counts the queues of one module that it waits in. */
  private readonly comment = new Frame(COMMENT, { isControl: true, isSignOfLife: true });
  private visible: { type: string; madeAt: number; frame: Frame } | undefined;

  /** @internal */
  constructor(
    @Inject(SSE_OPTIONS) private readonly options: ResolvedOptions,
    private readonly registry: ConnectionRegistry,
    /** @internal */
    readonly wheel: TimerWheel,
    @Inject(CONNECTION_SERVICES) private readonly services: ConnectionServices,
  ) {}

  /** Milliseconds; `null` where heartbeats are off. Routes may have their own. */
  get interval(): number | null {
    return this.options.heartbeat?.interval ?? null;
  }

  /** Sends one now to every connection of this node whose client reads, whatever its interval. Returns how many. */
  beat(): number {
    const reading = this.registry.all().filter((connection) => !connection.isBlocked);
    for (const connection of reading) this.send(connection);
    return reading.length;
  }

  /** @internal Sees to the connection until it ends. */
  watch(connection: SseConnection): void {
    const interval = connection.settings.heartbeat?.interval;
    if (interval === undefined) return;
    const heartbeat = new Heartbeat(connection, this);
    connection.attach('heartbeat', heartbeat);
    // Those who came together after a restart are not to beat together for ever.
    this.schedule(heartbeat, jitter(interval, 0.5, 0), interval);
  }

  /** @internal */
  schedule(heartbeat: WheelEntry, delay: number, interval: number): void {
    const step = Math.min(TOGETHER, interval / 20);
    const now = monotonicNow();
    this.wheel.add(heartbeat, Math.ceil((now + delay) / step) * step - now);
  }

  /** @internal */
  send(connection: SseConnection): void {
    this.sent++;
    // What moves the client's cursor is a sign of life as well; a watchdog waits for the event that it knows.
    const checkpoint = this.services.catchUp.checkpoint(connection);
    if (checkpoint) connection.deliverControl(checkpoint);
    if (!checkpoint || connection.settings.heartbeat?.event !== undefined) {
      connection.deliverControl(this.frameFor(connection));
    }
  }

  private frameFor({ settings: { heartbeat, raw } }: SseConnection): Frame {
    const type = heartbeat?.event;
    if (type === undefined || raw) return this.comment;
    const now = monotonicNow();
    if (this.visible?.type !== type || now - this.visible.madeAt > SAME_TIME) {
      const data = JSON.stringify({ time: new Date().toISOString() });
      this.visible = { type, madeAt: now, frame: frameOf({ type, data }, { isControl: true }) };
    }
    return this.visible.frame;
  }
}

/** The next heartbeat of one connection. */
class Heartbeat extends WheelEntry implements Attachment {
  private since = monotonicNow();

  constructor(
    private readonly connection: SseConnection,
    private readonly service: HeartbeatService,
  ) {
    super();
  }

  release(): void {
    this.service.wheel.cancel(this);
  }

  override run(): void {
    const { connection } = this;
    const interval = connection.settings.heartbeat?.interval;
    if (interval === undefined) return;
    const now = monotonicNow();
    const wasWrittenTo = connection.lastWrite > this.since;
    if (wasWrittenTo || connection.isBlocked) this.service.skipped++;
    else this.service.send(connection);
    const quietSince = wasWrittenTo ? connection.lastWrite : now;
    // The heartbeat itself is written at the end of the tick, and is not to stand in for the next one.
    this.since = now + SAME_TIME;
    this.service.schedule(this, Math.max(0, quietSince + interval - now), interval);
  }
}
