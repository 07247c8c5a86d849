import { type DeliveryCounts, type LatencySummary } from '../load-report.js';
import { Latencies } from './latencies.js';
import { Receiver } from './receiver.js';
import { Sequence } from './sequence.js';
import { type Stamp } from './stamp.js';
import { type WallClock } from './wall-clock.js';

interface Channel {
  counts: DeliveryCounts;
  /** That anybody was sent. */
  highest: number;
}

/** What a run with `--verify` finds out: what is missing, came twice or out of order, and how long events took. */
export class Delivery {
  /** Events that carried no sequence. */
  unstamped = 0;
  /** Events that carried one. */
  stamped = 0;
  /** Events from the future: the clocks of server and tester are not one. */
  early = 0;

  readonly #ofRun = new Latencies();
  readonly #ofSecond = new Latencies();
  readonly #channels = new Map<string, Channel>();
  /** By the index of the stream. */
  readonly #receivers: (Receiver | undefined)[] = [];
  /** By channel, the last that was published, where that is known. */
  readonly #accepted = new Map<string, number>();
  /** Channels that are published to from number 0 on, by this run. */
  #published: ReadonlySet<string> = new Set();
  /** Who was there before that began. */
  readonly #witnesses = new Set<Receiver>();
  /** By channel, what was never published. */
  readonly #unsent = new Map<string, number[]>();
  /** When the current read came, so that its events need no look at the clock each. */
  #now = 0;

  constructor(private readonly clock: WallClock) {}

  receiver(index: number): Receiver {
    return (this.#receivers[index] ??= new Receiver(this));
  }

  /** Bytes arrived. */
  tick(): void {
    this.#now = this.clock.now();
  }

  /**
   * From now on these channels are published to, from number 0 on: the streams that are open should have all of it, of each
   * channel that they hear.
   */
  expectAll(openIndexes: Iterable<number>, channels: ReadonlySet<string>): void {
    this.#published = channels;
    for (const index of openIndexes) this.#witnesses.add(this.receiver(index));
  }

  /** @internal */
  begin(receiver: Receiver, channel: string, seq: number): Sequence {
    const { counts } = this.#channel(channel);
    if (seq <= 0 || !this.#published.has(channel) || !this.#witnesses.has(receiver)) return new Sequence(seq, counts);
    const fromTheBeginning = new Sequence(-1, counts);
    fromTheBeginning.take(seq);
    return fromTheBeginning;
  }

  /** @internal */
  measure({ channel, seq, at }: Stamp): void {
    this.stamped++;
    const known = this.#channel(channel);
    if (seq > known.highest) known.highest = seq;
    if (at === undefined) return;
    const took = this.#now - at;
    if (took < 0) this.early++;
    this.#ofSecond.add(took);
  }

  /** An event was accepted by who publishes it: from now on it is due, also where nobody has received it yet. */
  accepted(channel: string, seq: number): void {
    this.#accepted.set(channel, Math.max(seq, this.#accepted.get(channel) ?? -Infinity));
  }

  /** An event that was to be published, and was not, or of which that is not known: whoever lacks it has not lost it. */
  excuse(channel: string, seq: number): void {
    const seqs = this.#unsent.get(channel);
    if (seqs) seqs.push(seq);
    else this.#unsent.set(channel, [seq]);
  }

  /** Streams that never received an event with a sequence, of these. */
  silent(indexes: Iterable<number>): number {
    let count = 0;
    for (const index of indexes) if (!this.#receivers[index]?.hasAny) count++;
    return count;
  }

  /** How far each channel is by now. */
  heights(): ReadonlyMap<string, number> {
    const accepted = (name: string): number => this.#accepted.get(name) ?? -Infinity;
    return new Map(Array.from(this.#channels, ([name, { highest }]) => [name, Math.max(highest, accepted(name))]));
  }

  /** Whether each of these streams has come as far in each of its channels. */
  haveReached(indexes: Iterable<number>, heights: ReadonlyMap<string, number>): boolean {
    for (const index of indexes) {
      for (const [channel, sequence] of this.#receivers[index]?.sequences() ?? []) {
        if (sequence.highest < (heights.get(channel) ?? -Infinity)) return false;
      }
    }
    return true;
  }

  /**
   * The run is over. What these streams, which are open, do not have of what others had long ago is lost to them. A stream
   * that is not open may yet come back for it: of that one only the gaps between what it has are known.
   */
  close(openIndexes: Iterable<number>, heights: ReadonlyMap<string, number>): void {
    for (const index of openIndexes) {
      for (const [channel, sequence] of this.#receivers[index]?.sequences() ?? []) {
        sequence.expect(heights.get(channel) ?? -Infinity);
      }
    }
    if (this.#unsent.size === 0) return;
    for (const receiver of this.#receivers) {
      for (const [channel, sequence] of receiver?.sequences() ?? []) sequence.excuse(this.#unsent.get(channel) ?? []);
    }
  }

  /** Of all channels; what is missing counts as lost as long as it is missing. */
  total(): DeliveryCounts {
    const sum = { lost: 0, duplicated: 0, outOfOrder: 0 };
    for (const { counts } of this.#channels.values()) {
      sum.lost += counts.lost;
      sum.duplicated += counts.duplicated;
      sum.outOfOrder += counts.outOfOrder;
    }
    return sum;
  }

  byChannel(): Record<string, DeliveryCounts> {
    return Object.fromEntries(Array.from(this.#channels, ([name, { counts }]) => [name, counts]));
  }

  latency(): LatencySummary | undefined {
    this.latencyOfSecond();
    return this.#ofRun.summary();
  }

  /** Of the events since this was asked last. */
  latencyOfSecond(): LatencySummary | undefined {
    const summary = this.#ofSecond.summary();
    this.#ofRun.merge(this.#ofSecond);
    this.#ofSecond.reset();
    return summary;
  }

  #channel(name: string): Channel {
    let channel = this.#channels.get(name);
    if (!channel) {
      channel = { counts: { lost: 0, duplicated: 0, outOfOrder: 0 }, highest: -Infinity };
      this.#channels.set(name, channel);
    }
    return channel;
  }
}
