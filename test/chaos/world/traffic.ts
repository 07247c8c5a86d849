import { setTimeout as delay } from 'node:timers/promises';
import { type Publication } from '../oracle/publication.js';
import { type Random } from '../random.js';
import { type Audience, type Draft, draftEvent, markerOf, toChannel } from './event-kinds.js';
import { type Link } from './link.js';
import { publishOver } from './publish-call.js';

export interface TrafficSurroundings extends Audience {
  /** To the nodes. */
  readonly links: readonly { readonly link: Link }[];
  readonly random: Random;
  /** Milliseconds since the seed began. */
  readonly now: () => number;
}

/** How many of the recorded events are published again, with the same key, where no answer came. */
const REPEATED = 0.15;
const TRIES = 4;
const BETWEEN_TRIES = 100;
/** Some of these fill what a slow client's socket takes. */
const FLOOD = { events: 40, padding: 'x'.repeat(12_000) };

/** Publishers on all nodes. Writes down what was handed over, and what came of it. */
export class Traffic {
  readonly publications: Publication[] = [];
  /** Why it is not known what became of some, and of how many. */
  readonly failures = new Map<string, number>();
  private readonly publishing = new Set<Promise<void>>();
  private readonly timers = new Map<number, NodeJS.Timeout>();

  constructor(private readonly surroundings: TrafficSurroundings) {}

  /** @param pause between two events of a publisher, in milliseconds on average */
  start(publishers: number, pause: number): void {
    for (let publisher = 0; publisher < publishers; publisher++) {
      const random = this.surroundings.random.fork();
      const wait = (): void => void this.timers.set(publisher, setTimeout(publish, pause * 2 * random.next()));
      const publish = (): void => {
        const draft = draftEvent(random, this.surroundings);
        this.track(
          random.chance(REPEATED) && !draft.facts.ephemeral
            ? this.publishOnce(draft, random)
            : this.publish(draft, random),
        );
        wait();
      };
      wait();
    }
  }

  /** Resolves when the last answer is there, or was given up. */
  async stop(): Promise<void> {
    for (const timer of this.timers.values()) clearTimeout(timer);
    await Promise.all(this.publishing);
  }

  /** Many large events at once, so that whoever does not read falls behind. */
  flood(channel: string): void {
    const { random } = this.surroundings;
    for (let count = 0; count < FLOOD.events; count++)
      this.track(this.publish(toChannel(channel), random, FLOOD.padding));
  }

  /** Publishes the last event of a channel, until one is accepted. */
  async mark(channel: string, signal: AbortSignal): Promise<Publication> {
    for (;;) {
      const publication = await this.publish(markerOf(channel), this.surroundings.random);
      if (publication.id !== undefined) return publication;
      await delay(BETWEEN_TRIES, undefined, { signal });
    }
  }

  private publish(draft: Draft, random: Random, padding?: string): Promise<Publication> {
    return this.attempt(this.enter(draft), draft, this.anyLink(random), padding);
  }

  /** Tries again, over any node, while the outcome is unknown: the key makes that safe. */
  private async publishOnce(draft: Draft, random: Random): Promise<void> {
    const publication = this.enter(draft);
    const keyed = { ...draft, options: { ...draft.options, idempotencyKey: `once-${publication.token}` } };
    for (let attempt = 1; attempt <= TRIES && publication.answeredAt === undefined; attempt++) {
      if (attempt > 1) await delay(BETWEEN_TRIES);
      await this.attempt(publication, keyed, this.anyLink(random));
    }
  }

  private enter({ facts }: Draft): Publication {
    const publication = { ...facts, token: this.publications.length + 1, sentAt: this.surroundings.now() };
    this.publications.push(publication);
    return publication;
  }

  private async attempt(publication: Publication, { to, options }: Draft, over: Link, padding?: string) {
    const answer = await publishOver(over, { to, options, data: { token: publication.token, padding } });
    if (answer.isAccepted) {
      publication.answeredAt = this.surroundings.now();
      publication.id = answer.id;
    } else {
      this.failures.set(answer.reason, (this.failures.get(answer.reason) ?? 0) + 1);
    }
    return publication;
  }

  private anyLink(random: Random): Link {
    return random.pick(this.surroundings.links).link;
  }

  private track(work: Promise<unknown>): void {
    const tracked = work.then(() => void this.publishing.delete(tracked));
    this.publishing.add(tracked);
  }
}
