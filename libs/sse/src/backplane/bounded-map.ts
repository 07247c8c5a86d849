/**
 * A map that forgets the oldest tenth of what was put into it when it is full. A tenth at once, since a `Map` leaves a
 * hole where its first key was: whoever took them one by one would search through all the holes each time.
 */
export class BoundedMap<V> {
  private readonly entries = new Map<string, V>();

  /** @param onForget told of what has to give way */
  constructor(
    private readonly max: number,
    private readonly onForget?: (value: V) => void,
  ) {}

  get size(): number {
    return this.entries.size;
  }

  get(key: string): V | undefined {
    return this.entries.get(key);
  }

  values(): IterableIterator<V> {
    return this.entries.values();
  }

  /** Puts the value at the end, as the newest. */
  set(key: string, value: V): void {
    this.entries.delete(key);
    this.entries.set(key, value);
    if (this.entries.size <= this.max) return;
    let excess = Math.ceil(this.max / 10);
    for (const [oldest, forgotten] of this.entries) {
      if (excess-- === 0) break;
      this.entries.delete(oldest);
      this.onForget?.(forgotten);
    }
  }

  delete(key: string): void {
    this.entries.delete(key);
  }

  /** Removes what has ended. */
  deleteIf(hasEnded: (value: V) => boolean): void {
    for (const [key, value] of this.entries) if (hasEnded(value)) this.entries.delete(key);
  }
}
