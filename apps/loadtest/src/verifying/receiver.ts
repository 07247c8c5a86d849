import { type Delivery } from './delivery.js';
import { type Sequence } from './sequence.js';
import { type Stamp } from './stamp.js';
import { type StampReceiver } from './stamp-reader.js';

/** One connection as a receiver of events, from its first opening to the end of the run, through all of its reconnects. */
export class Receiver implements StampReceiver {
  /** Most streams listen to one channel: the last one is found without a look into the map. */
  #lastChannel = '';
  #last: Sequence | undefined;
  readonly #others = new Map<string, Sequence>();

  constructor(private readonly delivery: Delivery) {}

  get hasAny(): boolean {
    return this.#last !== undefined;
  }

  arrived(): void {
    this.delivery.tick();
  }

  event(stamp: Stamp | undefined): void {
    if (stamp === undefined) {
      this.delivery.unstamped++;
      return;
    }
    const { channel, seq } = stamp;
    this.delivery.measure(stamp);
    if (channel === this.#lastChannel && this.#last) this.#last.take(seq);
    else this.#switch(channel, seq);
  }

  *sequences(): IterableIterator<[string, Sequence]> {
    if (this.#last) yield [this.#lastChannel, this.#last];
    yield* this.#others;
  }

  #switch(channel: string, seq: number): void {
    const known = this.#others.get(channel);
    this.#others.delete(channel);
    if (this.#last) this.#others.set(this.#lastChannel, this.#last);
    this.#lastChannel = channel;
    this.#last = known ?? this.delivery.begin(this, channel, seq);
    known?.take(seq);
  }
}
