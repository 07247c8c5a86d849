import { type StreamItem } from './stream-item.js';

/** Characters that are held back at most. */
const MAX_HELD = 67_108_864;

/** What came while the log was read. Beyond its bound it is let go of: then the log has to be read once more. */
export class HeldItems {
  private items: StreamItem[] = [];
  private next = 0;
  private size = 0;
  private overflowed = false;

  /** Whether something was let go of since this was last asked. */
  hasOverflowed(): boolean {
    const { overflowed } = this;
    this.overflowed = false;
    return overflowed;
  }

  add(item: StreamItem, size: number): void {
    this.items.push(item);
    this.size += size;
    if (this.size <= MAX_HELD) return;
    this.clear();
    this.overflowed = true;
  }

  /** The oldest, which stays until it is dropped. */
  get first(): StreamItem | undefined {
    return this.items[this.next];
  }

  dropFirst(): void {
    this.next++;
    if (this.next === this.items.length) this.clear();
  }

  clear(): void {
    this.items = [];
    this.next = 0;
    this.size = 0;
  }
}
