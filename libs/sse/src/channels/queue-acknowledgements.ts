import { Inject, Injectable } from '@nestjs/common';
import { type Backplane } from '../backplane/backplane.js';
import { BACKPLANE } from '../backplane/tokens.js';
import { type Attachment } from '../connections/attachment.js';
import { type SseConnection } from '../connections/sse-connection.js';
import { TimerWheel, WheelEntry } from '../connections/timer-wheel.js';
import { type LogPosition } from '../protocol/event-id.js';
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

  /** The connection was given what waits for its user of a log, its own by default, up to this number. */
  given(connection: SseConnection, sequence: number, epoch = connection.reading?.epoch): void {
    if (!isQueueListener(connection) || epoch === undefined) return;
    let receipt = this.receipts.get(connection);
    if (!receipt) {
      receipt = new Receipt(connection, this, this.wheel);
      this.receipts.set(connection, receipt);
      connection.attach('receipt', receipt);
    }
    receipt.add({ epoch, sequence });
  }

  /** The number up to which it was given those of its log; 0 if it was given none. */
  givenTo(connection: SseConnection): number {
    return this.receipts.get(connection)?.givenOf(connection.reading?.epoch ?? '') ?? 0;
  }

  /**
   * The user has everything of a log up to this number.
   *
   * @throws SseBackplaneError if the engine is away
   */
  async take(userId: string, through: LogPosition): Promise<void> {
    this.taken += await this.backplane.taken(userId, through);
  }

  /** As `take()`. Returns whether the engine was told. */
  async confirm({ userId }: QueueListener, arrived: ReadonlyMap<string, number>): Promise<boolean> {
    try {
      for (const [epoch, sequence] of arrived) await this.take(userId, { epoch, sequence });
      return true;
    } catch {
      return false;
    }
  }
}

/** What one connection was given, until it can be said that it has arrived. */
class Receipt extends WheelEntry implements Attachment {
  /** Of each log the number of the last message that it was given: numbers of one say nothing of another. */
  private readonly given = new Map<string, number>();
  /** What was written out when the wait began; nothing while it is not. */
  private awaited: ReadonlyMap<string, number> | undefined;
  /** There is more than what is awaited. */
  private isOpen = false;
  private readonly wait: number;

  constructor(
    private readonly connection: QueueListener,
    private readonly service: QueueAcknowledgements,
    private readonly wheel: TimerWheel,
  ) {
    super();
    this.wait = HEARTBEATS * (connection.settings.heartbeat?.interval ?? WITHOUT_HEARTBEAT);
  }

  givenOf(epoch: string): number {
    return this.given.get(epoch) ?? 0;
  }

  add({ epoch, sequence }: LogPosition): void {
    this.given.set(epoch, Math.max(this.givenOf(epoch), sequence));
    this.isOpen = true;
    // It is written at the end of the tick: the wait begins after that, with this one and what comes with it.
    if (!this.slot) this.wheel.add(this, 0);
  }

  release(): void {
    this.wheel.cancel(this);
  }

  override run(): void {
    const { awaited, isWrittenOut } = this;
    this.awaited = undefined;
    if (awaited && isWrittenOut) void this.confirm(awaited);
    else if (awaited) this.isOpen = true;
    if (this.isOpen && isWrittenOut) {
      this.awaited = new Map(this.given);
      this.isOpen = false;
    }
    if (this.awaited || this.isOpen) this.wheel.add(this, this.wait);
  }

  private get isWrittenOut(): boolean {
    const { reading, progress } = this.connection;
    return reading.isDrained && !reading.isBehind && progress.unflushed === 0;
  }

  private async confirm(arrived: ReadonlyMap<string, number>): Promise<void> {
    if ((await this.service.confirm(this.connection, arrived)) || this.connection.isClosed) return;
    // What the engine could not be told it is told after another wait.
    this.isOpen = true;
    if (!this.slot) this.wheel.add(this, this.wait);
  }
}
