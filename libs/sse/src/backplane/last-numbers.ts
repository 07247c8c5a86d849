import { BoundedMap } from './bounded-map.js';

/**
 * The last number of each channel of which nothing else is left: a client that comes back is told by it whether it missed
 * anything. Bounded, since channels may be as many as users. What is forgotten raises the floor: of a channel that is not
 * known it can only be said that its last number is no higher than that.
 */
export class LastNumbers {
  private readonly numbers: BoundedMap<number>;
  private floor = 0;

  constructor(maxChannels: number) {
    this.numbers = new BoundedMap(maxChannels, (last) => {
      this.floor = Math.max(this.floor, last);
    });
  }

  /** Never too low. */
  of(channel: string): number {
    return this.numbers.get(channel) ?? this.floor;
  }

  keep(channel: string, last: number): void {
    // The floor says as much.
    if (last !== this.floor) this.numbers.set(channel, last);
  }

  /** The number is kept elsewhere from now on. */
  release(channel: string): void {
    this.numbers.delete(channel);
  }
}
