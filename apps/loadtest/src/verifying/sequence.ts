import { type DeliveryCounts } from '../load-report.js';

/** Beyond so many gaps the oldest is given up: what is missing in it is lost, and nothing is known of its numbers. */
const MOST_GAPS = 128;

/** Numbers that did not come, from the first to the last of them. */
interface Gap {
  first: number;
  last: number;
}

/**
 * The numbers that one receiver was sent of one channel.
 *
 * The first that comes is where it begins: what was before cannot be missed, since nobody promised it. From there each
 * number should come once, and in order. One that was skipped is missing until it comes, as from a replay; then it was not
 * lost and came out of order. Memory is taken by gaps only.
 */
export class Sequence {
  readonly #first: number;
  #highest: number;
  /** In order. */
  #gaps: Gap[] | undefined;
  /** Numbers below the first that came nevertheless. */
  #early: Set<number> | undefined;
  /** Below this nothing is known any more. */
  #floor = -Infinity;

  /** @param counts what all receivers of the channel add to; `lost` is what is missing by now */
  constructor(
    seq: number,
    private readonly counts: DeliveryCounts,
  ) {
    this.#first = this.#highest = seq;
  }

  get highest(): number {
    return this.#highest;
  }

  /** The next number that came, after the one that began it. */
  take(seq: number): void {
    if (seq === this.#highest + 1) this.#highest = seq;
    else if (seq > this.#highest) this.#skip(seq);
    else this.#takeOld(seq);
  }

  /** All up to this number have been sent: those beyond the highest that came are missing. */
  expect(seq: number): void {
    if (seq > this.#highest) this.#open({ first: this.#highest + 1, last: seq });
    this.#highest = Math.max(seq, this.#highest);
  }

  /** Numbers that were never sent are not lost. */
  excuse(seqs: Iterable<number>): void {
    for (const seq of seqs) if (this.#fill(seq)) this.counts.lost--;
  }

  #skip(seq: number): void {
    this.#open({ first: this.#highest + 1, last: seq - 1 });
    this.#highest = seq;
  }

  #open(gap: Gap): void {
    this.counts.lost += gap.last - gap.first + 1;
    this.#gaps ??= [];
    this.#gaps.push(gap);
    this.#forgetOldest(this.#gaps);
  }

  #forgetOldest(gaps: Gap[]): void {
    if (gaps.length > MOST_GAPS) this.#floor = gaps.shift()?.last ?? this.#floor;
  }

  #takeOld(seq: number): void {
    if (this.#fill(seq)) {
      this.counts.lost--;
      this.counts.outOfOrder++;
    } else if (seq < this.#first) this.#takeEarly(seq);
    // Whether one below the floor has come before cannot be told; that it comes out of order can.
    else if (seq <= this.#floor) this.counts.outOfOrder++;
    else this.counts.duplicated++;
  }

  #takeEarly(seq: number): void {
    this.#early ??= new Set();
    if (this.#early.has(seq)) {
      this.counts.duplicated++;
      return;
    }
    this.counts.outOfOrder++;
    if (this.#early.size < MOST_GAPS) this.#early.add(seq);
  }

  /** Takes a number out of the gap that it is missing in. Returns whether it was missing. */
  #fill(seq: number): boolean {
    const gaps = this.#gaps ?? [];
    const index = gaps.findLastIndex(({ first }) => first <= seq);
    const gap = gaps[index];
    if (!gap || seq > gap.last) return false;
    const rest = [
      { first: gap.first, last: seq - 1 },
      { first: seq + 1, last: gap.last },
    ].filter(({ first, last }) => first <= last);
    gaps.splice(index, 1, ...rest);
    this.#forgetOldest(gaps);
    return true;
  }
}
