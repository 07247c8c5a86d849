import { type Frame } from '../protocol/frame.js';
import { formatEventId, type LogPosition } from '../protocol/event-id.js';
import { monotonicNow } from './monotonic.js';
import { type DropReason } from './drop-counts.js';
import { type Outbox } from './outbox.js';

/** Who has lost the thread so often within a minute can't keep up. */
const MAX_RESETS = 3;
const MINUTE = 60_000;

/** What few streams have, and idle ones do not: made when it is needed (P4 of the benchmark). */
class Irregularities {
  /** Channels of which something was lost, and why. The client is to be told. */
  losses = new Map<string, string>();
  /** Channels that it was not on from its position on: what it is owed of them begins later. */
  readonly joinedAt = new Map<string, number>();
  /** Numbers of events that it is not to get although the history has them. */
  readonly skipped = new Set<number>();
  /** When it lost the thread, by the monotonic clock. */
  resets: number[] = [];
}

/** How far a stream of channels has come in the log of recorded events: what the history needs to know of a connection. */
export class ChannelReading {
  /** The log that its position is of; none before it has one. */
  epoch: string | undefined;
  /** It is not known yet where it stands, or it has something else to send first: it is given nothing from the history. */
  isHeld = true;
  private irregular: Irregularities | undefined;

  constructor(private readonly outbox: Outbox) {
    // Nothing is owed to it, and nothing may be given to it, before it is known where it stands.
    outbox.fallBehind();
    outbox.isNumbered = true;
  }

  /** The number of the last recorded event that it was given. */
  get position(): number {
    return this.outbox.position;
  }

  /** The number in the last id that the client has. */
  get told(): number {
    return this.outbox.told;
  }

  /**
   * The client's cursor is there, without an event that was written to it now.
   *
   * @param id the same as text: one that many share, so that not each idle stream holds a text of its own
   */
  knows(position: LogPosition, id = formatEventId(position)): void {
    this.outbox.told = position.sequence;
    this.outbox.cursor = id;
  }

  /** It is given recorded events from the history, and not as they are published. */
  get isBehind(): boolean {
    return this.outbox.isBehind;
  }

  /** All that it was given is written, and the client reads. */
  get isDrained(): boolean {
    return this.outbox.isDrained;
  }

  /** The last page that it was given is written, and the client reads. */
  get takesPage(): boolean {
    return this.outbox.takesPage;
  }

  /** Everything at or below this position is done with. */
  begin({ epoch, sequence }: LogPosition): void {
    this.epoch = epoch;
    this.outbox.position = sequence;
    this.outbox.written = sequence;
  }

  /** What it was given before it was known to be a stream of channels is part of what it is owed. */
  dropCopies(): void {
    this.outbox.dropCopies();
  }

  /** It takes no recorded event until it has caught up. */
  fallBehind(): void {
    this.outbox.fallBehind();
  }

  /** It has everything that the history has: from here on events come as they are published. */
  goLive(): void {
    this.outbox.isBehind = false;
  }

  /** The next of what it has missed, up to a number. */
  takePage(frames: readonly Frame[], through: number): void {
    this.outbox.pushPage(frames, through);
  }

  /** Takes a frame of ours; one with a number moves its position there. */
  takeControl(frame: Frame): void {
    this.outbox.pushControl(frame);
  }

  countDropped(reason: DropReason): void {
    this.outbox.countDropped(reason);
  }

  /** What it is owed of a channel begins behind this number. */
  owedFrom(channel: string): number {
    return Math.max(this.position, this.irregular?.joinedAt.get(channel) ?? 0);
  }

  /** It is owed nothing of the channel up to this number. */
  joined(channel: string, sequence: number): void {
    this.ownIrregular.joinedAt.set(channel, sequence);
  }

  left(channel: string): void {
    this.irregular?.joinedAt.delete(channel);
    this.irregular?.losses.delete(channel);
  }

  skip(sequence: number): void {
    this.ownIrregular.skipped.add(sequence);
  }

  skips(sequence: number): boolean {
    return this.irregular?.skipped.has(sequence) ?? false;
  }

  lose(channel: string, reason: string): void {
    this.ownIrregular.losses.set(channel, reason);
  }

  /** What was lost since it was last asked. */
  takeLosses(): ReadonlyMap<string, string> | undefined {
    const losses = this.irregular?.losses;
    if (!losses || losses.size === 0) return undefined;
    this.ownIrregular.losses = new Map();
    return losses;
  }

  /** Counts a reset; whether it was one too many. */
  countReset(): boolean {
    const now = monotonicNow();
    const { ownIrregular } = this;
    ownIrregular.resets = [...ownIrregular.resets.filter((time) => now - time < MINUTE), now];
    return ownIrregular.resets.length >= MAX_RESETS;
  }

  private get ownIrregular(): Irregularities {
    return (this.irregular ??= new Irregularities());
  }
}
