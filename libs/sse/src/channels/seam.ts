import { type ChannelReading } from '../connections/channel-reading.js';
import { type SseConnection } from '../connections/sse-connection.js';
import { type LogPosition, parseEventId } from '../protocol/event-id.js';
import { type Frame } from '../protocol/frame.js';
import { type ChannelSubscription } from './channel-subscription.js';
import { type ResetReason } from './reset.js';
import { type SeamServices } from './seam-services.js';

/** What a stream of channels is to begin with. */
export interface SeamPlan {
  readonly subscription: ChannelSubscription;
  /** Where the client stands, as it says. */
  readonly lastEventId: string | undefined;
  /** Where this node stood when the request came: a state that the handler has loaded knows all that was before. */
  readonly cameAt: LogPosition | undefined;
  readonly snapshot: SnapshotPlan | undefined;
}

/** The state that a stream begins with, unless its client is given what it missed. */
export interface SnapshotPlan {
  /** Resolves when all of it was taken, or the connection has ended, as it does where the state fails. */
  send(): Promise<void>;
  /** It is not needed. */
  discard(): void;
}

/**
 * The seam between what was and what will be, of one stream that opens: where live delivery starts is fixed when all
 * channels are subscribed to; what the client is to have before that is sent first; then it catches up to live as
 * everybody does who is behind.
 *
 * Until then it takes no recorded event: what is held for it is not a list, but a place in the logs of the node.
 */
export class Seam {
  private readonly reading: ChannelReading;
  /** The place from which live delivery starts, for a stream that has nothing else to send before. */
  private startsAt: LogPosition | undefined;
  /** The number of the last event that the client has, if it is one of this log. */
  private cursor: number | undefined;
  private isOpen = false;

  /** @param joined settles when all channels are subscribed to; nothing if they are */
  constructor(
    private readonly connection: SseConnection,
    private readonly plan: SeamPlan,
    private readonly joined: Promise<void> | undefined,
    private readonly services: SeamServices,
  ) {
    this.reading = connection.reading ?? connection.readChannels();
    if (plan.lastEventId !== undefined || plan.snapshot) this.reading.dropCopies();
  }

  /**
   * Resolves when all channels are subscribed to; nothing if they are. Most streams have nothing to catch up with: they are
   * live from here on, before they open.
   */
  prepare(): Promise<void> | undefined {
    return this.joined ? this.joined.then(() => this.startLive()) : this.startLive();
  }

  private startLive(): Promise<void> | undefined {
    if (this.plan.lastEventId !== undefined || !this.isPlain) return undefined;
    const { position } = this.services.debts;
    const backlog = this.services.backlog.waitsFor(this.connection);
    if (backlog) return backlog.then((waits) => (waits ? undefined : this.startAt(position)));
    this.startAt(position);
    return undefined;
  }

  private startAt(position: LogPosition): void {
    if (this.isOpen || this.services.debts.position.epoch !== position.epoch) return;
    this.startsAt = position;
    this.reading.begin(position);
    this.reading.isHeld = false;
    // What was published while the queue was asked comes as for everybody who is behind.
    if (this.services.debts.position.sequence === position.sequence) this.reading.goLive();
  }

  /** The first frame of the stream. */
  openingFrame(): Frame {
    const { opening, connections, raw } = this.connection.settings;
    if (!this.startsAt || raw) return opening;
    const frame = this.services.checkpoints.opening(this.startsAt, connections.retry);
    this.reading.knows(this.startsAt, frame.id);
    return frame;
  }

  /** The head is sent. */
  opened(): void {
    this.isOpen = true;
    if (!this.startsAt) void this.runToEnd();
    else if (this.reading.isBehind) this.services.catchUp.want(this.connection);
  }

  private get isPlain(): boolean {
    const { past, snapshot } = this.plan.subscription;
    return past === undefined && snapshot === undefined;
  }

  private async runToEnd(): Promise<void> {
    try {
      await this.run();
    } catch (error) {
      this.services.engine.sendAway(this.connection, error);
    }
  }

  private async run(): Promise<void> {
    const { connection, reading, services, plan } = this;
    const { engine, backlog, catchUp } = services;
    await engine.subscribed(this.joined);
    const isResumed = plan.lastEventId === undefined ? await this.begin() : await this.resume(plan.lastEventId);
    if (isResumed) plan.snapshot?.discard();
    else if (!connection.isClosed) await plan.snapshot?.send();
    await engine.persist(connection, () => backlog.send(connection, this.cursor));
    if (connection.isClosed) return;
    reading.isHeld = false;
    catchUp.want(connection);
  }

  /** Whether the client is given what it missed. If not, it is told so, and begins anew. */
  private async resume(id: string): Promise<boolean> {
    const { connection, reading, services } = this;
    const reason = await this.beginAt(id);
    if (reason) return (await this.reset(reason, [...connection.joined])) ? false : this.begin();
    this.cursor = reading.position;
    reading.knows({ epoch: services.debts.position.epoch, sequence: this.cursor });
    const lost = await services.engine.persist(connection, () => services.catchUp.cover(connection, reading));
    if (lost.length === 0) {
      services.resumes.resumed++;
      return true;
    }
    await this.reset('history', lost);
    return false;
  }

  /** Where a client begins that has not been there before, or has lost the thread. */
  private async begin(): Promise<false> {
    const { connection, reading, services } = this;
    const { past, snapshot } = this.plan.subscription;
    const asOf = snapshot?.asOf ?? (past && 'since' in past && typeof past.since === 'string' ? past.since : undefined);
    const reason = asOf === undefined ? undefined : await this.beginAt(asOf);
    if (reason) await this.reset(reason, [...connection.joined]);
    if (asOf !== undefined && !reason) return false;
    const from = this.beginning;
    reading.begin(from);
    if (past && asOf === undefined) {
      const { names } = this.plan.subscription;
      const place = () => services.past.placeOf(past, connection, names, from.sequence);
      reading.begin({ epoch: from.epoch, sequence: await services.engine.persist(connection, place) });
    }
    return false;
  }

  /** Where live delivery begins: for a stream with a state that may have been loaded since the request came, back then. */
  private get beginning(): LogPosition {
    const { cameAt, snapshot } = this.plan;
    const { position } = this.services.debts;
    return snapshot && cameAt?.epoch === position.epoch ? cameAt : position;
  }

  /** Begins at an id; the reason if that can't be. */
  private async beginAt(id: string): Promise<ResetReason | undefined> {
    const { connection, services } = this;
    const place = parseEventId(id);
    if (!place) return 'unknown';
    let now = services.debts.position;
    // Another node may be ahead of this one.
    if (place.epoch !== now.epoch || place.sequence > now.sequence) {
      now = await services.engine.persist(connection, () => services.engine.sync());
    }
    if (place.epoch !== now.epoch) return 'epoch';
    if (place.sequence > now.sequence) return 'ahead';
    this.reading.begin(place);
    return undefined;
  }

  /**
   * The client is to load these channels anew. Where a snapshot or the like follows, its cursor stays where it is until it
   * has that: cut before, it is told again. Returns whether it is known by that where the stream begins.
   */
  private async reset(reason: ResetReason, channels: string[]): Promise<boolean> {
    const { connection, reading, services } = this;
    const { catchUp, debts, engine, backlog, resumes } = services;
    resumes.reset++;
    const { past } = this.plan.subscription;
    const before = debts.position;
    const isAwaited = this.isPlain && (await engine.persist(connection, async () => backlog.waitsFor(connection)));
    // A message that was queued while it was asked must not be behind the id of the reset: the cursor would take it.
    const isLast = this.isPlain && !isAwaited && debts.position.sequence === before.sequence;
    const manner = { now: this.beginning, keepsRest: past !== undefined };
    catchUp.reset(connection, reading, debts.planReset(connection, reading, reason, channels, manner), isLast);
    return isLast;
  }
}
