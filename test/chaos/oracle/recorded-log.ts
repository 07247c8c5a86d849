import { type Position, positionOf } from './position.js';
import { type Publication } from './publication.js';
import { type Trace } from './trace.js';
import { type Violation } from './violation.js';

/** An event that has an id, in one log. */
export interface Recorded {
  readonly sequence: number;
  readonly publication: Publication;
}

/**
 * What the application's log must have been, from all that is known of it: the answers to publishers, and what clients
 * got. So an event whose publisher heard nothing is promised to all as soon as one has it.
 */
export class RecordedLog {
  readonly violations: Violation[] = [];
  private readonly publications = new Map<number, Publication>();
  private readonly byId = new Map<string, Publication>();
  private readonly idOf = new Map<string, string>();
  private readonly byChannel = new Map<string, Recorded[]>();

  constructor(publications: readonly Publication[], traces: readonly Trace[]) {
    for (const publication of publications) this.publications.set(publication.token, publication);
    for (const publication of publications) {
      if (publication.id !== undefined) this.enter(publication.id, publication, 'its publisher');
    }
    for (const { client, entries } of traces) {
      for (const entry of entries) {
        if (entry.what !== 'event' || entry.id === undefined) continue;
        const publication = this.publications.get(entry.token);
        if (publication) this.enter(entry.id, publication, client);
      }
    }
    for (const list of this.byChannel.values()) list.sort((a, b) => a.sequence - b.sequence);
    this.checkOrderOfAnswers();
  }

  publication(token: number): Publication | undefined {
    return this.publications.get(token);
  }

  /** The events of a channel in one log, by growing number. */
  events(channel: string, epoch: string): readonly Recorded[] {
    return this.byChannel.get(`${epoch} ${channel}`) ?? [];
  }

  /** Whether a newer event of its key and channel is known, for which this one may have been left out. */
  isReplaced({ sequence, publication }: Recorded, epoch: string): boolean {
    const { key, channel } = publication;
    if (key === undefined) return false;
    return this.events(channel, epoch).some((other) => other.publication.key === key && other.sequence > sequence);
  }

  /** The last events of these channels. */
  markers(channels: readonly string[]): (Recorded & Position)[] {
    return [...this.publications.values()].flatMap((publication) => {
      const position = publication.marker && channels.includes(publication.channel) && positionOf(publication.id);
      return position ? [{ ...position, publication }] : [];
    });
  }

  private enter(id: string, publication: Publication, witness: string): void {
    const position = positionOf(id);
    if (!position || publication.ephemeral) {
      this.tell('malformed', `${witness} has event ${publication.token} with the id ${JSON.stringify(id)}`);
      return;
    }
    const known = this.byId.get(id);
    if (known === publication) return;
    if (known)
      this.tell('id-reused', `${id} is event ${known.token}, and by ${witness} also event ${publication.token}`);
    this.byId.set(id, publication);
    this.enterOnce(position, id, publication, witness);
  }

  /**
   * Another log may hold an event again: a publisher's retry after the engine lost what it knew. Clients that come to
   * that log are reset, which is checked with each of them.
   */
  private enterOnce({ epoch, sequence }: Position, id: string, publication: Publication, witness: string): void {
    const { token, channel } = publication;
    const other = this.idOf.get(`${epoch} ${token}`);
    if (other !== undefined) this.tell('twice', `event ${token} is ${other}, and by ${witness} also ${id}`);
    this.idOf.set(`${epoch} ${token}`, id);
    const place = `${epoch} ${channel}`;
    const list = this.byChannel.get(place);
    if (list) list.push({ sequence, publication });
    else this.byChannel.set(place, [{ sequence, publication }]);
  }

  /** What was published after another's answer has the higher number. */
  private checkOrderOfAnswers(): void {
    const accepted = [...this.publications.values()].filter(({ id }) => id !== undefined);
    const bySent = accepted.toSorted((a, b) => a.sentAt - b.sentAt);
    const byAnswer = accepted.toSorted((a, b) => answerOf(a) - answerOf(b));
    const highest = new Map<string, Publication>();
    let answered = 0;
    for (const later of bySent) {
      for (; answerOf(byAnswer[answered]) < later.sentAt; answered++) keepHighest(highest, byAnswer[answered]);
      const position = positionOf(later.id);
      const earlier = position && highest.get(position.epoch);
      if (!position || !earlier || (positionOf(earlier.id)?.sequence ?? 0) < position.sequence) continue;
      this.tell('order', `event ${later.token} is ${later.id}, published after ${earlier.id} had been answered`);
    }
  }

  private tell(kind: Violation['kind'], text: string): void {
    this.violations.push({ kind, text });
  }
}

function answerOf(publication: Publication | undefined): number {
  return publication?.answeredAt ?? Infinity;
}

function keepHighest(highest: Map<string, Publication>, publication: Publication | undefined): void {
  const position = positionOf(publication?.id);
  if (!publication || !position) return;
  const known = positionOf(highest.get(position.epoch)?.id);
  if (!known || known.sequence < position.sequence) highest.set(position.epoch, publication);
}
