import { Inject, Injectable } from '@nestjs/common';
import { type Backplane } from '../backplane/backplane.js';
import { BACKPLANE } from '../backplane/tokens.js';
import { type Attachment } from '../connections/attachment.js';
import { type SseConnection } from '../connections/sse-connection.js';
import { TimerWheel, WheelEntry } from '../connections/timer-wheel.js';
import { isExcluded, type LoggedEvent } from './logged-event.js';
import { isQueueListener, type QueueListener } from './queue-listener.js';

/** So many heartbeats a connection must outlive a message. */
const HEARTBEATS = 2;
/** Their interval where a stream has none, in milliseconds. */
const WITHOUT_HEARTBEAT = 30_000;

/**
 * Decides when a message that was sent has arrived, upon which it leaves its queue. SSE has no acknowledgement, and bytes
 * that the kernel took may never arrive. So a message counts as taken when its user comes back with its id or a later one,
 * or when the connection that it was written to has lived on for two heartbeats and everything was written out.
 */
@Injectable()
export class QueueAcknowledgements {
  /** Messages that left their queue since they have arrived, as this node has found. */
  taken = 0;
  private readonly receipts = new WeakMap<SseConnection, Receipt>();

  constructor(
    @Inject(BACKPLANE) private readonly backplane: Backplane,
    private readonly wheel: TimerWheel,
  ) {}

  /** A message was published, and delivered to whoever listened: not to those who are behind, who get it later. */
  delivered({ sequence, except }: LoggedEvent, listeners: ReadonlySet<SseConnection> | undefined): void {
    listeners?.forEach((connection) => {
      const { reading } = connection;
      if (!reading || reading.isBehind || reading.position !== sequence) return;
      if (!except || !isExcluded(connection, except)) this.given(connection, sequence);
    });
  }

  /** The connection was given all that waits for its user up to this number. */
  given(connection: SseConnection, sequence: number): void {
    if (!isQueueListener(connection)) return;
    let receipt = this.receipts.get(connection);
    if (!receipt) {
      receipt = new Receipt(connection, this, this.wheel);
      this.receipts.set(connection, receipt);
      connection.attach('receipt', receipt);
    }
    receipt.add(sequence);
  }

  /** The number up to which it was given them; 0 if it was given none. */
  givenTo(connection: SseConnection): number {
    return this.receipts.get(connection)?.given ?? 0;
  }

  /** The log is another one: what was given of the last one must not be taken for what has its numbers now. */
  forget(connection: SseConnection): void {
    this.receipts.get(connection)?.clear();
  }

  /**
   * The user has everything up to this number.
   *
   * @throws SseBackplaneError if the engine is away
   */
  async take(userId: string, through: number): Promise<void> {
    this.taken += await this.backplane.taken(userId, through);
  }

  /** As `take()`, unless the log may be another one by now. Returns whether it was told. */
  async confirm({ userId, reading }: QueueListener, through: number): Promise<boolean> {
    if (this.backplane.position?.epoch !== reading.epoch) return false;
    try {
      await this.take(userId, through);
      return true;
    } catch {
      return false;
    }
  }
}

/** What one connection was given, until it can be said that it has arrived. */
class Receipt extends WheelEntry implements Attachment {
  /** The number of the last message that it was given. */
  given = 0;
  /** Of the last that everything was written out with when the wait began; 0 while it has not. */
  private awaited = 0;
  /** Of the last that has arrived. */
  private arrived = 0;
  private readonly wait: number;

  constructor(
    private readonly connection: QueueListener,
    private readonly service: QueueAcknowledgements,
    private readonly wheel: TimerWheel,
  ) {
    super();
    this.wait = HEARTBEATS * (connection.settings.heartbeat?.interval ?? WITHOUT_HEARTBEAT);
  }

  add(sequence: number): void {
    this.given = Math.max(this.given, sequence);
    // It is written at the end of the tick: the wait begins after that, with this one and what comes with it.
    if (!this.slot) this.wheel.add(this, 0);
  }

  clear(): void {
    this.given = this.awaited = this.arrived = 0;
    this.wheel.cancel(this);
  }

  release(): void {
    this.wheel.cancel(this);
  }

  override run(): void {
    const { awaited, isWrittenOut } = this;
    if (isWrittenOut && awaited > this.arrived) void this.confirm(awaited);
    this.awaited = isWrittenOut ? this.given : 0;
    if (this.given > this.arrived) this.wheel.add(this, this.wait);
  }

  private get isWrittenOut(): boolean {
    const { reading, progress } = this.connection;
    return reading.isDrained && !reading.isBehind && progress.unflushed === 0;
  }

  private async confirm(through: number): Promise<void> {
    const before = this.arrived;
    this.arrived = through;
    if (await this.service.confirm(this.connection, through)) return;
    // What the engine could not be told it is told after another wait.
    this.arrived = Math.min(this.arrived, before);
    if (!this.slot && !this.connection.isClosed && this.given > this.arrived) this.wheel.add(this, this.wait);
  }
}
