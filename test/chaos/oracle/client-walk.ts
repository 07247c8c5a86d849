import { ChannelPromise } from './channel-promise.js';
import { formatted, isBelow, isSame, type Position, positionOf } from './position.js';
import { isExcluded, type Publication } from './publication.js';
import { type RecordedLog } from './recorded-log.js';
import { type Entry, type Trace } from './trace.js';
import { type Violation, type ViolationKind } from './violation.js';

interface Delivery {
  readonly connection: number;
  /** How often the event's channel had been reset. */
  readonly resets: number;
}

/**
 * Follows one client through everything that it saw: where its cursor was, what it was promised of each channel, and that
 * whatever came was for it, once and in order.
 */
export class ClientWalk {
  readonly violations: Violation[] = [];
  /** The tokens of all that it got. */
  readonly delivered = new Map<number, Delivery>();
  readonly promises: ReadonlyMap<string, ChannelPromise>;
  /** The last id that it had. */
  cursor: Position | undefined;
  private connection = 0;
  private entry = 0;

  constructor(
    private readonly trace: Trace,
    private readonly log: RecordedLog,
  ) {
    this.promises = new Map(trace.channels.map((channel) => [channel, new ChannelPromise()]));
    for (const [index, entry] of trace.entries.entries()) {
      this.entry = index;
      this.see(entry);
    }
    for (const promise of this.promises.values()) promise.end(this.cursor);
  }

  private see(entry: Entry): void {
    if (entry.what === 'connect') this.comeBack(entry.lastEventId);
    else if (entry.what === 'event') this.seeEvent(entry.token, entry.id);
    else if (entry.what === 'reset') this.seeReset(entry);
    else if ('id' in entry && entry.id !== undefined) this.moveTo(entry.id);
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
    if (isExcluded(publication, this.trace.user)) this.tell('excluded', `event ${token} excludes ${this.trace.user}`);
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
    if (!isAllowed) this.tell('duplicate', `event ${token} of ${channel} came before`, token);
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

  private tell(kind: ViolationKind, text: string, token?: number): void {
    this.violations.push({ kind, text, token, client: this.trace.client, entry: this.entry });
  }
}
