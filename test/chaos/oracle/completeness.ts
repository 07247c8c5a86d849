import { type Stretch } from './channel-promise.js';
import { type ClientWalk } from './client-walk.js';
import { formatted, positionOf } from './position.js';
import { isExcluded } from './publication.js';
import { type Recorded, type RecordedLog } from './recorded-log.js';
import { type Trace } from './trace.js';
import { type Violation, type ViolationKind } from './violation.js';

/** An event that was left out by policy, and the entry in which the cursor moved past it. */
interface LeftOut {
  readonly token: number;
  readonly entry: number;
}

/** Holds what a client was promised against what it got: nothing is missing that may not be, and what may be was told. */
export class Completeness {
  readonly violations: Violation[] = [];

  constructor(
    private readonly trace: Trace,
    private readonly log: RecordedLog,
    private readonly walk: ClientWalk,
  ) {
    const left: LeftOut[] = [];
    for (const [channel, promise] of walk.promises) {
      for (const stretch of promise.stretches) left.push(...this.checkStretch(channel, stretch));
    }
    this.checkTold(left);
    if (trace.survived) this.checkMarkers();
  }

  /** Returns what was left out that may be. */
  private checkStretch(channel: string, { epoch, sequence, through, loadedAt = -Infinity }: Stretch): LeftOut[] {
    const left: LeftOut[] = [];
    let hasBegun = false;
    for (const recorded of this.log.events(channel, epoch)) {
      if (recorded.sequence <= sequence || recorded.sequence > through) continue;
      const { publication } = recorded;
      const { token } = publication;
      const isDelivered = this.walk.delivered.has(token);
      hasBegun ||= isDelivered && !publication.queued;
      if (isDelivered || isExcluded(publication, this.trace.user)) continue;
      if (!hasBegun && publication.sentAt < loadedAt) continue;
      const entry = this.passes(epoch, recorded.sequence);
      if (this.mayBeLeftOut(recorded, epoch)) left.push({ token, entry });
      else this.tell('gap', `event ${token} of ${channel}, ${epoch}-${recorded.sequence}, never came`, entry, token);
    }
    return left;
  }

  /** Before the client's cursor moved past what was left out, it was told of so many. */
  private checkTold(left: LeftOut[]): void {
    let [told, from] = [0, 0];
    for (const [index, { token, entry }] of left.toSorted((a, b) => a.entry - b.entry).entries()) {
      for (const sight of this.trace.entries.slice(from, entry + 1)) told += sight.what === 'dropped' ? sight.count : 0;
      from = Math.max(from, entry + 1);
      if (told > index) continue;
      this.tell('untold', `event ${token} was left out, the ${index + 1}. one, while ${told} were told`, entry, token);
      return;
    }
  }

  /** Where the client's cursor moved past a number. */
  private passes(epoch: string, sequence: number): number {
    const passed = this.trace.entries.findIndex((entry) => {
      const id = 'id' in entry ? positionOf(entry.id) : undefined;
      return id?.epoch === epoch && id.sequence >= sequence;
    });
    return Math.max(0, passed);
  }

  private mayBeLeftOut(recorded: Recorded, epoch: string): boolean {
    return recorded.publication.replaceable === true || this.log.isReplaced(recorded, epoch);
  }

  /** Whoever stayed has the last event of each of his channels behind him, in the log of that event. */
  private checkMarkers(): void {
    const { cursor } = this.walk;
    for (const { publication, epoch, sequence } of this.log.markers(this.trace.channels)) {
      if (cursor?.epoch === epoch && cursor.sequence >= sequence) continue;
      const text = `it is at ${formatted(cursor)}; the last event of ${publication.channel} is ${epoch}-${sequence}`;
      this.tell('stuck', text, this.trace.entries.length - 1);
      this.tellLost(publication.channel);
    }
  }

  /** What the cursor never got to. */
  private tellLost(channel: string): void {
    const { promises, cursor } = this.walk;
    const promise = promises.get(channel);
    if (promise?.epoch === undefined) return;
    const { epoch } = promise;
    const after = Math.max(promise.sequence, cursor?.epoch === epoch ? cursor.sequence : 0);
    const last = this.trace.entries.length - 1;
    for (const recorded of this.log.events(channel, epoch)) {
      const { token } = recorded.publication;
      if (
        recorded.sequence <= after ||
        this.walk.delivered.has(token) ||
        isExcluded(recorded.publication, this.trace.user)
      )
        continue;
      if (this.mayBeLeftOut(recorded, epoch)) continue;
      this.tell('lost', `event ${token} of ${channel}, ${epoch}-${recorded.sequence}, never came`, last, token);
    }
  }

  private tell(kind: ViolationKind, text: string, entry: number, token?: number): void {
    this.violations.push({ kind, text, token, client: this.trace.client, entry });
  }
}
