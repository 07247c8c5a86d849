/** What can stand in an {@link AgeList}. */
export interface Aged<T> {
  /** The memory that it takes, estimated. */
  readonly bytes: number;
  /** Its neighbours; kept by the list. */
  older: T | undefined;
  newer: T | undefined;
}

/**
 * Things in the order in which they came, and the bytes of all of them. The oldest is found, and any is removed, at the
 * same cost however many there are; an array or a `Map` would be searched, or moved, for each that goes.
 */
export class AgeList<T extends Aged<T>> {
  oldest: T | undefined;
  bytes = 0;
  private newest: T | undefined;

  add(item: T): void {
    item.older = this.newest;
    if (this.newest) this.newest.newer = item;
    else this.oldest = item;
    this.newest = item;
    this.bytes += item.bytes;
  }

  remove(item: T): void {
    if (item.older) item.older.newer = item.newer;
    else this.oldest = item.newer;
    if (item.newer) item.newer.older = item.older;
    else this.newest = item.older;
    item.older = item.newer = undefined;
    this.bytes -= item.bytes;
  }
}
