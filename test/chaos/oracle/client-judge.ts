import { ChannelPromise, type Stretch } from './channel-promise.js';
import { type Position, positionOf } from './position.js';
import { type Publication } from './publication.js';
import { type Recorded, type RecordedLog } from './recorded-log.js';
import { type Entry, type Trace } from './trace.js';
import { type Violation, type ViolationKind } from './violation.js';

interface Delivery {
  readonly connection: number;
  /** How often the event's channel had been reset. */
  readonly resets: number;
}

/**
 * Follows one client through everything that it saw, and holds the promise against it: from its first id on it has every
 * recorded event of its channels once, in order, or a reset that names the channel.
 */
export class ClientJudge {
  readonly violations: Violation[] = [];
  /** The tokens of all that it got. */
  readonly delivered = new Map<number, Delivery>();
  private cursor: Position | undefined;
  private connection = 0;
  private entry = 0;
  private told = 0;
  private readonly promises: ReadonlyMap<string, ChannelPromise>;

  constructor(
    private readonly trace: Trace,
    private readonly log: RecordedLog,
  ) {
    this.promises = new Map(trace.channels.map((channel) => [channel, new ChannelPromise()]));
    for (const [index, entry] of trace.entries.entries()) {
      this.entry = index;
      this.see(entry);
    }
    this.finish();
  }

  private see(entry: Entry): void {
    if (entry.what === 'connect') this.comeBack(entry.lastEventId);
    else if (entry.what === 'event') this.seeEvent(entry.token, entry.id);
    else if (entry.what === 'reset') this.seeReset(entry);
    else if ('id' in entry && entry.id !== undefined) this.moveTo(entry.id);
    if (entry.what === 'dropped') this.told += entry.count;
  }

  private comeBack(lastEventId: string): void {
    this.connection++;
    const position = positionOf(lastEventId);
    if (position) this.begin(position);
  }

  private seeEvent(token: number, id: string | undefined): void {
    const publication = this.log.publication(token);
    if (!publication) {
      this.tell('malformed', `event ${token} was published by nobody`);
      return;
    }
    const { channel } = publication;
    if (!this.trace.channels.includes(channel)) this.tell('stranger', `event ${token} is of ${channel}`);
    if (isExcluded(publication, this.trace)) this.tell('excluded', `event ${token} excludes ${this.trace.user}`);
    if (id === undefined && !publication.ephemeral && !publication.queued)
      this.tell('malformed', `event ${token} came without an id`);
    this.checkRepeat(publication);
    this.delivered.set(token, { connection: this.connection, resets: this.promises.get(channel)?.resets ?? 0 });
    if (id !== undefined) this.moveTo(id, publication);
  }

  /**
   * What waits for its user may come again over another connection, and so may what has no id, from a node that is late;
   * everything else only after a reset of its channel.
   */
  private checkRepeat({ token, channel, queued, ephemeral }: Publication): void {
    const before = this.delivered.get(token);
    if (!before) return;
    const isAllowed =
      queued || ephemeral
        ? before.connection < this.connection
        : before.resets < (this.promises.get(channel)?.resets ?? 0);
    if (!isAllowed) this.tell('duplicate', `event ${token} of ${channel} came before`, { token });
  }

  /** It has the id where the stream goes on; none where something else comes first: cut before that, the client is told again. */
  private seeReset({ channels, id, at }: Entry & { what: 'reset' }): void {
    const to = positionOf(id);
    if (to && isBelow(to, this.cursor))
      this.tell('order', `a reset to ${String(id)} came after ${formatted(this.cursor)}`);
    for (const channel of channels) {
      if (!this.promises.has(channel)) this.tell('stranger', `a reset of ${channel}`);
      this.promises.get(channel)?.reset(this.cursor, to, at);
    }
    if (!to) return;
    if (!this.cursor) this.begin(to);
    this.cursor = to;
  }

  /** @param event whose id it is; none for a checkpoint */
  private moveTo(id: string, event?: Publication): void {
    const position = positionOf(id);
    if (!position) {
      this.tell('malformed', `the id ${JSON.stringify(id)} is none`);
      return;
    }
    if (isBelow(position, this.cursor) || (event && isSame(position, this.cursor)))
      this.tell('order', `${id} came after ${formatted(this.cursor)}`);
    this.checkEpoch(position);
    // What has waited for the client's user comes first, with an id if that can't do harm: the stream begins behind it.
    if (!event?.queued) this.begin(event ? { ...position, sequence: position.sequence - 1 } : position);
    this.cursor = position;
  }

  private begin(position: Position): void {
    for (const promise of this.promises.values()) promise.begin(position);
  }

  /** Another log: each channel must have been reset to it. Resets of some channels after others come before any other id. */
  private checkEpoch(position: Position): void {
    for (const [channel, promise] of this.promises) {
      if (promise.epoch === undefined || promise.epoch === position.epoch) continue;
      this.tell(
        'gap',
        `the log is ${position.epoch}, while ${channel} was promised in ${promise.epoch}: no reset named it`,
      );
      promise.reset(this.cursor, position, 0);
    }
  }

  private finish(): void {
    this.entry = this.trace.entries.length - 1;
    const left: number[] = [];
    for (const [channel, promise] of this.promises) {
      promise.end(this.cursor);
      for (const stretch of promise.stretches) left.push(...this.checkStretch(channel, stretch));
    }
    if (left.length > this.told)
      this.tell('untold', `the replaceable events ${left.join(', ')} were left out, ${this.told} were told`);
    if (this.trace.survived) this.checkMarkers();
  }

  /** Returns those that were left out and may be. */
  private checkStretch(channel: string, { epoch, sequence, through, loadedAt = -Infinity }: Stretch): number[] {
    const left: number[] = [];
    let hasBegun = false;
    for (const recorded of this.log.events(channel, epoch)) {
      if (recorded.sequence <= sequence || recorded.sequence > through) continue;
      const { publication } = recorded;
      const isDelivered = this.delivered.has(publication.token);
      hasBegun ||= isDelivered && !publication.queued;
      if (isDelivered || isExcluded(publication, this.trace)) continue;
      if (!hasBegun && publication.sentAt < loadedAt) continue;
      if (this.mayBeLeftOut(recorded, epoch)) left.push(publication.token);
      else this.tellMissing(recorded, channel, epoch);
    }
    return left;
  }

  private mayBeLeftOut(recorded: Recorded, epoch: string): boolean {
    return recorded.publication.replaceable === true || this.log.isReplaced(recorded, epoch);
  }

  private tellMissing({ sequence, publication: { token } }: Recorded, channel: string, epoch: string): void {
    const passed = this.trace.entries.findIndex((entry) => {
      const id = 'id' in entry ? positionOf(entry.id) : undefined;
      return id?.epoch === epoch && id.sequence >= sequence;
    });
    this.tell('gap', `event ${token} of ${channel}, ${epoch}-${sequence}, never came`, {
      token,
      entry: Math.max(0, passed),
    });
  }

  /** Whoever stayed has the last event of each of his channels behind him, in the log of that event. */
  private checkMarkers(): void {
    for (const { publication, epoch, sequence } of this.log.markers(this.trace.channels)) {
      if (this.cursor?.epoch === epoch && this.cursor.sequence >= sequence) continue;
      this.tell(
        'stuck',
        `it is at ${formatted(this.cursor)}; the last event of ${publication.channel} is ${epoch}-${sequence}`,
      );
      this.tellLost(publication.channel);
    }
  }

  /** What the cursor never got to. */
  private tellLost(channel: string): void {
    const promise = this.promises.get(channel);
    if (promise?.epoch === undefined) return;
    const { epoch } = promise;
    const after = Math.max(promise.sequence, this.cursor?.epoch === epoch ? this.cursor.sequence : 0);
    for (const recorded of this.log.events(channel, epoch)) {
      const { token } = recorded.publication;
      if (recorded.sequence <= after || this.delivered.has(token) || isExcluded(recorded.publication, this.trace))
        continue;
      if (this.mayBeLeftOut(recorded, epoch)) continue;
      this.tell('lost', `event ${token} of ${channel}, ${epoch}-${recorded.sequence}, never came`, { token });
    }
  }

  private tell(kind: ViolationKind, text: string, where: Pick<Violation, 'token' | 'entry'> = {}): void {
    this.violations.push({ kind, text, client: this.trace.client, entry: this.entry, ...where });
  }
}

function isExcluded({ except }: Publication, { user }: Trace): boolean {
  return except?.includes(user) ?? false;
}

function isBelow(position: Position, cursor: Position | undefined): boolean {
  return cursor?.epoch === position.epoch && position.sequence < cursor.sequence;
}

function isSame(position: Position, cursor: Position | undefined): boolean {
  return cursor?.epoch === position.epoch && position.sequence === cursor.sequence;
}

function formatted(position: Position | undefined): string {
  return position ? `${position.epoch}-${position.sequence}` : 'nowhere';
}
