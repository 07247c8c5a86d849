import { Inject, Injectable } from '@nestjs/common';
import { type Backplane } from '../backplane/backplane.js';
import { SseBackplaneError } from '../backplane/sse-backplane-error.js';
import { BACKPLANE } from '../backplane/tokens.js';
import { type CatchUp } from '../connections/catch-up.js';
import { type ChannelReading } from '../connections/channel-reading.js';
import { jitter } from '../connections/jitter.js';
import { monotonicNow } from '../connections/monotonic.js';
import { type SseConnection } from '../connections/sse-connection.js';
import { type Frame } from '../protocol/frame.js';
import { ChannelDebts } from './channel-debts.js';
import { ChannelLogs } from './channel-logs.js';
import { channelPage } from './channel-page.js';
import { Checkpoints } from './checkpoints.js';
import { EnginePatience } from './engine-patience.js';
import { HistoryReader } from './history-reader.js';
import { isExcluded, type LoggedEvent } from './logged-event.js';
import { QueueAcknowledgements } from './queue-acknowledgements.js';
import { QueueDrain } from './queue-drain.js';
import { type Reset, resetFrame, type ResetReason } from './reset.js';

/** Events of one page. A client that reads takes them in one write. */
const PAGE = 128;
/** Milliseconds after which those who catch up let live deliveries have their turn. */
const SLICE = 2;

/**
 * Gives connections that are behind what they have missed, whether they have just come back or read too slowly: from the
 * logs of this node, in the order of the numbers, page by page as they read, until there is no more. Then, in the same
 * turn, they go on with what is published.
 */
@Injectable()
export class ChannelCatchUp implements CatchUp {
  private readonly waiting = new Set<SseConnection>();
  private readonly failingSince = new WeakMap<SseConnection, number>();
  private scheduled = false;

  constructor(
    @Inject(BACKPLANE) private readonly backplane: Backplane,
    private readonly logs: ChannelLogs,
    private readonly debts: ChannelDebts,
    private readonly reader: HistoryReader,
    private readonly checkpoints: Checkpoints,
    private readonly backlog: QueueDrain,
    private readonly acknowledgements: QueueAcknowledgements,
    private readonly engine: EnginePatience,
  ) {}

  want(connection: SseConnection): void {
    if (connection.reading?.isHeld) return;
    this.waiting.add(connection);
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(this.turn);
  }

  checkpoint(connection: SseConnection): Frame | undefined {
    const { reading, settings } = connection;
    const { position } = this.backplane;
    if (!reading || !position || settings.raw || reading.isBehind || reading.epoch !== position.epoch) return undefined;
    return position.sequence > reading.position ? this.checkpoints.at(position) : undefined;
  }

  /** Reads what is needed of the history, and tells of which channels the connection can't be given what it has missed. */
  async cover(connection: SseConnection, reading: ChannelReading): Promise<string[]> {
    for (;;) {
      const owed = this.debts.to(connection, reading);
      if (owed.kind === 'known') return [];
      if (owed.kind === 'lost') return owed.channels;
      if (owed.kind === 'unknown') throw notSubscribed();
      await Promise.all(owed.channels.map((channel) => this.reader.read(channel)));
    }
  }

  /**
   * Tells the client to load the channels anew of which something is missing, and goes on behind that.
   *
   * @param isLast nothing else comes first that the client is not to miss: then its cursor moves by it
   */
  reset(connection: SseConnection, reading: ChannelReading, { reason, channels, goesOn }: Reset, isLast = true): void {
    reading.begin(goesOn);
    if (connection.settings.raw) return;
    reading.takeControl(resetFrame(reason, channels, isLast ? goesOn : undefined));
    if (isLast) reading.knows(goesOn);
  }

  private readonly turn = () => {
    const end = monotonicNow() + SLICE;
    for (const connection of this.waiting) {
      this.waiting.delete(connection);
      if (connection.reading) this.advance(connection, connection.reading);
      if (monotonicNow() >= end) break;
    }
    this.scheduled = this.waiting.size > 0;
    if (this.scheduled) setImmediate(this.turn);
  };

  private advance(connection: SseConnection, reading: ChannelReading): void {
    if (connection.isClosed || !reading.isBehind || reading.isHeld || !reading.takesPage) return;
    if (this.tellLosses(connection, reading)) return;
    const owed = this.debts.to(connection, reading);
    if (owed.kind === 'unknown') {
      void this.readAgainLater(connection, notSubscribed());
    } else if (owed.kind === 'unread') {
      void this.read(connection, owed.channels);
    } else if (owed.kind === 'lost') {
      void this.tellLoss(connection, reading, 'history', owed.channels);
    } else {
      const { maxEvents, maxBytes } = connection.settings.queue;
      const page = channelPage(owed.places, { maxEvents: Math.min(maxEvents, PAGE), maxBytes });
      if (page.length === 0) this.goLive(connection, reading);
      else this.give(connection, reading, page);
    }
  }

  private goLive(connection: SseConnection, reading: ChannelReading): void {
    this.failingSince.delete(connection);
    reading.goLive();
    const { position } = this.debts;
    if (position.sequence <= reading.told || connection.settings.raw) return;
    reading.takeControl(this.checkpoints.at(position));
  }

  private give(connection: SseConnection, reading: ChannelReading, page: readonly LoggedEvent[]): void {
    const now = monotonicNow();
    const frames: Frame[] = [];
    let queued = 0;
    for (const event of page) {
      const { frame, except, sequence } = event;
      if (except && isExcluded(connection, except)) continue;
      if (frame.expires <= now) reading.countDropped('expired');
      else if (reading.skips(sequence)) reading.countDropped('undelivered');
      else {
        frames.push(frame);
        if (event.queued) queued = sequence;
      }
    }
    const { sequence: through } = page.at(-1) as LoggedEvent;
    reading.takePage(frames, through);
    if (queued > 0) this.acknowledgements.given(connection, queued);
    // Nothing is written, so nothing will tell that it was.
    if (frames.length === 0) this.want(connection);
  }

  /** What the backplane could not deliver to this node. */
  private tellLosses(connection: SseConnection, reading: ChannelReading): boolean {
    if (reading.epoch !== this.logs.epoch) {
      void this.tellLoss(connection, reading, 'epoch', [...connection.joined]);
      return true;
    }
    const losses = reading.takeLosses();
    if (!losses) return false;
    const [reason] = losses.values();
    void this.tellLoss(connection, reading, reason as ResetReason, [...losses.keys()]);
    return true;
  }

  private async tellLoss(
    connection: SseConnection,
    reading: ChannelReading,
    reason: ResetReason,
    channels: string[],
  ): Promise<void> {
    const plan = this.debts.planReset(connection, reading, reason, channels);
    // What waits for the user would count as taken by the id of the reset.
    const recovered = this.backlog.recover(connection, plan.channels, plan.goesOn);
    if (recovered) {
      reading.isHeld = true;
      await recovered;
      reading.isHeld = false;
      if (connection.isClosed) return;
    }
    // It may have become another log meanwhile, which is told when its turn comes.
    if (plan.goesOn.epoch === this.logs.epoch) this.reset(connection, reading, plan);
    // The client's own slowness has cost it the thread; the same may be said of nobody whose server was restarted.
    if (reason === 'history' && reading.countReset()) this.sendAwayAsSlow(connection);
    else this.want(connection);
  }

  /** It may come back, but not at once, and not together with others. */
  private sendAwayAsSlow(connection: SseConnection): void {
    const retry = jitter(connection.settings.connections.retryAfter, 0.5, 0.5);
    connection.finish({ reason: 'slow', manner: 'farewell', retry });
  }

  private async read(connection: SseConnection, channels: readonly string[]): Promise<void> {
    try {
      await Promise.all(channels.map((channel) => this.reader.read(channel)));
      this.failingSince.delete(connection);
      this.want(connection);
    } catch (error) {
      await this.readAgainLater(connection, error);
    }
  }

  private async readAgainLater(connection: SseConnection, error: unknown): Promise<void> {
    if (connection.isClosed) return;
    const now = monotonicNow();
    const since = this.failingSince.get(connection) ?? now;
    this.failingSince.set(connection, since);
    if (now - since >= this.engine.limit) {
      this.engine.sendAway(connection, error);
      return;
    }
    await this.engine.pause();
    this.want(connection);
  }
}

function notSubscribed(): SseBackplaneError {
  return new SseBackplaneError('This node is not subscribed to all channels of the stream at the moment.');
}
