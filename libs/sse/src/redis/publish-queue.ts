import { SseBackplaneError } from '../backplane/sse-backplane-error.js';
import { randomBytes } from 'node:crypto';
import { backplaneError, isScriptUnknown, textOf } from './error-cause.js';
import { type LogKnowledge } from './log-knowledge.js';
import { type RedisClient } from './redis-client.js';
import { type RedisCommands, type ScriptReply } from './redis-commands.js';
import { PUBLISH_SCRIPT, REMEMBERED_PUBLISHES } from './scripts/publish.js';

/** What is published, as words for the script. */
export interface Publication {
  readonly channel: string;
  /** The message as JSON. */
  readonly text: string;
  readonly isRecorded: boolean;
  readonly maxEvents: number;
  readonly maxAge: number;
  readonly idempotencyKey?: string;
  /** The user in whose queue it waits, too. */
  readonly queue?: {
    readonly userId: string;
    readonly maxPerUser: number;
    readonly ttl: number;
    readonly keyTtl: number;
  };
}

/** What the script said of it. */
export interface PublicationResult {
  /** Empty for an ephemeral message. */
  readonly id: string;
  /** What had to give way in the queue. */
  readonly dead: readonly unknown[];
}

/** So many are under way at once: fewer than the script remembers, of which some may be sent again. */
const WINDOW = REMEMBERED_PUBLISHES / 2;
/** Redis remembers the publishes of a node for so long after the last one, in milliseconds. */
const SENT_TTL = 60_000;

/** A publish that waits for its turn or its reply. */
interface Pending {
  /** Counts the publishes of this node. */
  readonly number: number;
  readonly publication: Publication;
  readonly resolve: (result: PublicationResult) => void;
  readonly reject: (error: SseBackplaneError) => void;
  /** The log at the time when it was first sent; nothing before. */
  firstSentIn: string;
  isSettled: boolean;
  timer?: NodeJS.Timeout;
}

/**
 * The publishes of this node, in their order: pipelined, and sent again in the same order when the connection broke. The
 * script knows what it has done already, so that none is done twice.
 */
export class PublishQueue {
  private readonly sender = randomBytes(6).toString('hex');
  private waiting: Pending[] = [];
  /** The first of those that wait: the array is cut from time to time only. */
  private next = 0;
  /** Sent, without a reply; in their order. */
  private readonly sent: Pending[] = [];
  /** To be sent again, once all replies of the others are there: else they would overtake these. */
  private readonly again: Pending[] = [];
  private areScriptsGone = false;
  private published = 0;
  private unsettled = 0;
  private repliedAt = 0;
  private drained: (() => void) | undefined;

  constructor(
    private readonly commands: RedisCommands,
    private readonly knowledge: LogKnowledge,
    private readonly timeout: number,
  ) {
    commands.onUp(() => this.pump());
  }

  publish(publication: Publication): Promise<PublicationResult> {
    return new Promise((resolve, reject) => {
      const number = ++this.published;
      const pending: Pending = { number, publication, resolve, reject, firstSentIn: '', isSettled: false };
      this.startTimer(pending, this.timeout);
      this.waiting.push(pending);
      this.unsettled++;
      this.pump();
    });
  }

  /** Resolves when nothing is under way any more; each publish has its bound. */
  async close(): Promise<void> {
    if (this.unsettled > 0) await new Promise<void>((resolve) => (this.drained = resolve));
  }

  private pump(): void {
    const { client } = this.commands;
    if (!client || this.again.length > 0 || this.areScriptsGone) return;
    while (this.sent.length < WINDOW) {
      const pending = this.waiting[this.next];
      if (!pending) break;
      this.next++;
      if (!pending.isSettled) this.send(client, pending);
    }
    if (this.next === this.waiting.length) this.requeue([]);
  }

  private send(client: RedisClient, pending: Pending): void {
    const predecessor = this.sent.at(-1)?.number ?? '';
    const words = this.wordsOf(pending, String(predecessor));
    pending.firstSentIn ||= this.knowledge.epoch;
    this.sent.push(pending);
    this.commands.evaluate(client, PUBLISH_SCRIPT, words).then(
      (reply) => this.take(pending, reply),
      (error: unknown) => this.takeError(client, pending, error),
    );
  }

  private take(pending: Pending, { rest: [status, id, dead] }: ScriptReply): void {
    this.repliedAt = performance.now();
    if (status === 'early') this.again.push(pending);
    else if (status === 'unknown') this.settle(pending, unknownOutcome('Redis came back without its last data'));
    else this.settle(pending, { id: String(id), dead: (dead ?? []) as unknown[] });
    this.replied(pending);
  }

  private takeError(client: RedisClient, pending: Pending, error: unknown): void {
    this.commands.noteError(client, error);
    if (isScriptUnknown(error)) this.areScriptsGone = true;
    if (isScriptUnknown(error) || !client.isOpen) this.again.push(pending);
    else this.settle(pending, backplaneError('Redis did not take an event', error));
    this.replied(pending);
  }

  /** Replies come in order; when the last one is there, what has to be sent again goes first. */
  private replied(pending: Pending): void {
    this.sent.splice(this.sent.indexOf(pending), 1);
    if (this.sent.length === 0 && this.again.length > 0) this.requeue(this.again.splice(0));
    if (this.areScriptsGone && this.sent.length === 0) void this.loadScripts();
    else this.pump();
  }

  private requeue(first: readonly Pending[]): void {
    this.waiting = [...first, ...this.waiting.slice(this.next)];
    this.next = 0;
  }

  private async loadScripts(): Promise<void> {
    const { client } = this.commands;
    // A new connection has them.
    if (client) await this.commands.loadScripts(client).catch(() => undefined);
    this.areScriptsGone = false;
    this.pump();
  }

  private startTimer(pending: Pending, milliseconds: number): void {
    // After a pause of this process the replies may be there, and not read yet.
    const giveUp = () => setImmediate(() => this.giveUp(pending));
    pending.timer = setTimeout(giveUp, milliseconds).unref();
  }

  /** While replies come, a long queue is only a queue. */
  private giveUp(pending: Pending): void {
    if (pending.isSettled) return;
    const remaining = this.timeout - (performance.now() - this.repliedAt);
    if (this.commands.client && remaining > 0) {
      this.startTimer(pending, Math.ceil(remaining));
      return;
    }
    const cause = this.commands.client ? 'Redis does not reply' : textOf(this.commands.error);
    const text = `The event was not published within ${this.timeout} ms: ${cause}`;
    this.settle(pending, pending.firstSentIn ? unknownOutcome(cause) : new SseBackplaneError(text));
  }

  private settle(pending: Pending, outcome: PublicationResult | SseBackplaneError): void {
    if (pending.isSettled) return;
    pending.isSettled = true;
    clearTimeout(pending.timer);
    if (outcome instanceof SseBackplaneError) pending.reject(outcome);
    else pending.resolve(outcome);
    if (--this.unsettled === 0) this.drained?.();
  }

  private wordsOf({ number, publication, firstSentIn }: Pending, predecessor: string): string[] {
    const { channel, text, isRecorded, maxEvents, maxAge, idempotencyKey = '', queue } = publication;
    const sentTtl = Math.max(SENT_TTL, 2 * this.timeout);
    const words = [this.sender, number, predecessor, firstSentIn, sentTtl, idempotencyKey, channel, text];
    const bounds = [isRecorded ? 1 : 0, maxEvents, maxAge];
    return [...words, ...bounds, queue?.userId ?? '', queue?.maxPerUser ?? 0, queue?.ttl ?? 0, queue?.keyTtl ?? 0].map(
      String,
    );
  }
}

function unknownOutcome(cause: string): SseBackplaneError {
  return new SseBackplaneError(`It is not known whether the event was published: ${cause}`);
}
