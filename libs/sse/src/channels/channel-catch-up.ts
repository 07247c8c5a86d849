import { Inject, Injectable, Logger } from '@nestjs/common';
import { type Backplane } from '../backplane/backplane.js';
import { BACKPLANE } from '../backplane/tokens.js';
import { type CatchUp } from '../connections/catch-up.js';
import { type ChannelReading } from '../connections/channel-reading.js';
import { jitter } from '../connections/jitter.js';
import { monotonicNow } from '../connections/monotonic.js';
import { type SseConnection } from '../connections/sse-connection.js';
import { errorText } from '../protocol/error-text.js';
import { type LogPosition } from '../protocol/event-id.js';
import { type Frame } from '../protocol/frame.js';
import { ChannelLogs } from './channel-logs.js';
import { channelPage, type ReadingPlace } from './channel-page.js';
import { Checkpoints } from './checkpoints.js';
import { HistoryReader } from './history-reader.js';
import { isExcluded, type LoggedEvent } from './logged-event.js';
import { resetFrame, type ResetReason } from './reset.js';

/** Events of one page. A client that reads takes them in one write. */
const PAGE = 128;
/** Milliseconds after which those who catch up let live deliveries have their turn. */
const SLICE = 2;
/** How often a history that can't be read is asked for again, in milliseconds; and how long, before the client is sent away. */
const READ_AGAIN = 500;
const PATIENCE = 30_000;

/** What a reader is owed, as far as it can be said. */
type Owed =
  | { readonly kind: 'known'; readonly places: ReadingPlace[] }
  | { readonly kind: 'unread'; readonly channels: string[] }
  | { readonly kind: 'lost'; readonly channels: string[] };

/**
 * Gives connections that are behind what they have missed, whether they have just come back or read too slowly: from the
 * logs of this node, in the order of the numbers, page by page as they read, until there is no more. Then, in the same
 * turn, they go on with what is published.
 */
@Injectable()
export class ChannelCatchUp implements CatchUp {
  private readonly logger = new Logger('SseCatchUp');
  private readonly waiting = new Set<SseConnection>();
  private readonly failingSince = new WeakMap<SseConnection, number>();
  private scheduled = false;

  constructor(
    @Inject(BACKPLANE) private readonly backplane: Backplane,
    private readonly logs: ChannelLogs,
    private readonly reader: HistoryReader,
    private readonly checkpoints: Checkpoints,
  ) {}

  want(connection: SseConnection): void {
    if (connection.reading?.isHeld) return;
    this.waiting.add(connection);
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(this.turn);
  }

  checkpoint({ reading, settings }: SseConnection): Frame | undefined {
    const { position } = this.backplane;
    if (!reading || !position || settings.raw || reading.isBehind || reading.epoch !== position.epoch) return undefined;
    return position.sequence > reading.position ? this.checkpoints.at(position) : undefined;
  }

  /** Reads what is needed of the history, and tells of which channels the connection can't be given what it has missed. */
  async cover(connection: SseConnection, reading: ChannelReading): Promise<string[]> {
    for (;;) {
      const owed = this.owedTo(connection, reading);
      if (owed.kind === 'known') return [];
      if (owed.kind === 'lost') return owed.channels;
      await Promise.all(owed.channels.map((channel) => this.reader.read(channel)));
    }
  }

  /**
   * Tells the client to load these channels anew. Where it is owed events of others, these come after it, and it goes on
   * from where it stood; else it goes on from where this node stands.
   */
  reset(connection: SseConnection, reading: ChannelReading, reason: ResetReason, channels: readonly string[]): void {
    const { raw } = connection.settings;
    const now = this.position;
    const isPartial = reading.epoch === now.epoch && this.isOwedOfOthers(connection, reading, channels);
    for (const channel of channels) reading.joined(channel, now.sequence);
    if (isPartial) {
      if (!raw) reading.takeControl(resetFrame(reason, channels, { epoch: now.epoch, sequence: reading.position }));
      return;
    }
    reading.begin(now);
    if (!raw) reading.takeControl(resetFrame(reason, channels, now));
  }

  /** The number behind which this node has everything of the channel. */
  retainedAfter(channel: string): number {
    return this.logs.get(channel)?.completeAfter ?? this.logs.sequence;
  }

  /** Where this node stands: all that was published up to here has been delivered to it. */
  get position(): LogPosition {
    const { epoch, sequence } = this.logs;
    const safe = this.backplane.position;
    return safe?.epoch === epoch && safe.sequence > sequence ? safe : { epoch, sequence };
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
    if (connection.isClosed || !reading.isBehind || reading.isHeld || !reading.isDrained) return;
    if (this.tellLosses(connection, reading)) return;
    const owed = this.owedTo(connection, reading);
    if (owed.kind === 'unread') {
      void this.read(connection, owed.channels);
    } else if (owed.kind === 'lost') {
      this.tellLoss(connection, reading, 'history', owed.channels);
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
    const { position } = this;
    if (position.sequence <= reading.told || connection.settings.raw) return;
    reading.takeControl(this.checkpoints.at(position));
  }

  private give(connection: SseConnection, reading: ChannelReading, page: readonly LoggedEvent[]): void {
    const now = monotonicNow();
    const frames: Frame[] = [];
    for (const { frame, except, sequence } of page) {
      if (except && isExcluded(connection, except)) continue;
      if (frame.expires <= now) reading.countDropped('expired');
      else if (reading.skips(sequence)) reading.countDropped('undelivered');
      else frames.push(frame);
    }
    const { sequence: through } = page.at(-1) as LoggedEvent;
    reading.takePage(frames, through);
    // Nothing is written, so nothing will tell that it was.
    if (frames.length === 0) this.want(connection);
  }

  /** What the backplane could not deliver to this node. */
  private tellLosses(connection: SseConnection, reading: ChannelReading): boolean {
    if (reading.epoch !== this.logs.epoch) {
      this.tellLoss(connection, reading, 'epoch', [...connection.joined]);
      return true;
    }
    const losses = reading.takeLosses();
    if (!losses) return false;
    const [reason] = losses.values();
    this.tellLoss(connection, reading, reason as ResetReason, [...losses.keys()]);
    return true;
  }

  private tellLoss(connection: SseConnection, reading: ChannelReading, reason: ResetReason, channels: string[]): void {
    this.reset(connection, reading, reason, channels);
    // The client's own slowness has cost it the thread; the same may be said of nobody whose server was restarted.
    if (reason === 'history' && reading.countReset()) connection.close('slow');
    else this.want(connection);
  }

  private async read(connection: SseConnection, channels: readonly string[]): Promise<void> {
    try {
      await Promise.all(channels.map((channel) => this.reader.read(channel)));
      this.failingSince.delete(connection);
      this.want(connection);
    } catch (error) {
      this.readAgainLater(connection, error);
    }
  }

  private readAgainLater(connection: SseConnection, error: unknown): void {
    if (connection.isClosed) return;
    const now = monotonicNow();
    const since = this.failingSince.get(connection) ?? now;
    this.failingSince.set(connection, since);
    if (now - since < PATIENCE) {
      setTimeout(() => this.want(connection), jitter(READ_AGAIN, 0.5, 0.5)).unref();
      return;
    }
    this.logger.warn(
      `Connection ${connection.id} can't be given what it missed, and is sent away: ${errorText(error)}`,
    );
    const retry = jitter(connection.settings.connections.retryAfter, 0.5, 0.5);
    connection.finish({ reason: 'error', manner: 'farewell', text: 'backplane', retry });
  }

  private owedTo(connection: SseConnection, reading: ChannelReading): Owed {
    const now = monotonicNow();
    const places: ReadingPlace[] = [];
    const unread: string[] = [];
    const lost: string[] = [];
    for (const channel of connection.joined) {
      const log = this.logs.get(channel);
      // Joined a moment ago: the node is about to subscribe.
      if (!log) continue;
      this.logs.trim(log, now);
      const after = reading.owedFrom(channel);
      if (after >= log.completeAfter) places.push({ log, after });
      else (log.isWhole ? lost : unread).push(channel);
    }
    if (unread.length > 0) return { kind: 'unread', channels: unread };
    return lost.length > 0 ? { kind: 'lost', channels: lost } : { kind: 'known', places };
  }

  private isOwedOfOthers(connection: SseConnection, reading: ChannelReading, lost: readonly string[]): boolean {
    for (const channel of connection.joined) {
      const log = lost.includes(channel) ? undefined : this.logs.get(channel);
      if (!log) continue;
      const after = reading.owedFrom(channel);
      if (after < log.completeAfter || log.indexAfter(after) < log.events.length) return true;
    }
    return false;
  }
}
