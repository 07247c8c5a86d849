import { setImmediate as nextTurn } from 'node:timers/promises';
import { type LogCursor, type Subscription } from './log-cursor.js';
import { type LogEntry, readEntry, type StoredEntry } from './log-entry.js';
import { type LogReader } from './log-reader.js';

/** Numbers that are read at once: at first, and at most. */
const FIRST_WINDOW = 1_024;
const LARGEST_WINDOW = 8_192;
/** A window is to hold no more than about so many characters. */
const WINDOW_SIZE = 4_194_304;
/** Messages that are handed on in one turn of the event loop. */
const SLICE = 500;

/**
 * Brings a node that may have missed something to where the log stands. All channels are read side by side and delivered
 * in the order of their numbers; what is not there any more is told. Nothing else is delivered meanwhile.
 */
export class LogRepair {
  private window = FIRST_WINDOW;

  constructor(
    private readonly reader: LogReader,
    private readonly cursor: LogCursor,
    /** Whether what is read still matters: not after the subscription broke. */
    private readonly isWanted: () => boolean,
    /** By the monotonic clock: what has not been read by then is told as lost. */
    private readonly deadline: number,
  ) {}

  /** Returns whether it came to its end. */
  async run(): Promise<boolean> {
    for (;;) {
      const { state, lasts } = await this.reader.lasts(this.cursor.joined.map(({ channel }) => channel));
      if (!this.isWanted()) return false;
      if (!this.cursor.isOfThisLog(state)) {
        this.cursor.changeLog(state);
        return true;
      }
      if (await this.catchUp(state.sequence, lasts)) return true;
      if (!this.isWanted()) return false;
    }
  }

  /** Reads up to a number. Returns false if the log became another one meanwhile, or nobody wants it any more. */
  private async catchUp(target: number, lasts: ReadonlyMap<string, number>): Promise<boolean> {
    const isBehind = (subscription: Subscription) =>
      this.cursor.has(subscription) && (lasts.get(subscription.channel) ?? 0) > this.cursor.knownThrough(subscription);
    let behind = this.cursor.joined.filter(isBehind);
    while (behind.length > 0 && this.cursor.position.sequence < target && performance.now() < this.deadline) {
      const after = this.cursor.position.sequence;
      const through = Math.min(target, after + this.window);
      const known = new Map(behind.map((each) => [each.channel, this.cursor.knownThrough(each)]));
      const window = await this.reader.window(this.cursor.epoch, known, after, through);
      if (!window || !this.isWanted()) return false;
      this.loseWhatIsGone(window.gone, target);
      if (!(await this.passAll(window.entries))) return false;
      this.cursor.advance(through, 0);
      this.adaptWindow(window.entries);
      behind = behind.filter(isBehind);
    }
    // There was no time, or what is missing should have come before messages that were delivered.
    this.cursor.lose(behind, this.cursor.position.sequence < target ? 'backplane' : 'history', target);
    this.cursor.advance(target);
    return true;
  }

  /** Told before anything with a higher number than what is missing: nobody is to pass a gap without knowing. */
  private loseWhatIsGone(gone: ReadonlyMap<string, number>, target: number): void {
    for (const [channel, through] of gone) {
      const subscription = this.cursor.subscriptions.get(channel);
      // What is behind the target has been held back, and comes afterwards.
      if (subscription?.isJoined) this.cursor.lose([subscription], 'history', Math.min(through, target));
    }
  }

  /** In slices, since others have to have their turn. */
  private async passAll(entries: readonly StoredEntry[]): Promise<boolean> {
    for (const [index, entry] of entries.entries()) {
      if (index % SLICE === 0) await nextTurn();
      if (!this.isWanted()) return false;
      this.pass(readEntry(entry));
    }
    return this.isWanted();
  }

  private pass({ channel, sequence, previous, message }: LogEntry): void {
    const subscription = this.cursor.subscriptions.get(channel);
    if (!subscription?.isJoined || sequence <= subscription.last) return;
    // History ends at its beginning only; should there be a hole in its midst, that is told, too.
    if (previous > this.cursor.knownThrough(subscription)) this.cursor.lose([subscription], 'history', sequence - 1);
    if (message) this.cursor.deliver(subscription, message);
    else this.cursor.lose([subscription], 'history', sequence);
  }

  /** Small at first, since nothing is known of the size of messages. */
  private adaptWindow(entries: readonly StoredEntry[]): void {
    const size = entries.reduce((sum, { fields }) => sum + (fields.at(-1)?.length ?? 0), 0);
    if (size > WINDOW_SIZE) this.window = Math.max(1, Math.floor(this.window / 2));
    else if (size < WINDOW_SIZE / 4) this.window = Math.min(LARGEST_WINDOW, this.window * 4);
  }
}
