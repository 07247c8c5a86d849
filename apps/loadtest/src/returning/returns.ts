/** Those who will come back, each after its time. */
export class Returns {
  readonly #timers = new Set<NodeJS.Timeout>();

  get waiting(): number {
    return this.#timers.size;
  }

  /** Node keeps timers of one length in one list: thousands that were dropped at once cost little. */
  add(milliseconds: number, comeBack: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      comeBack();
    }, milliseconds);
    this.#timers.add(timer);
  }

  clear(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
