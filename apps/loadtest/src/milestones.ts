interface Waiter {
  count: number;
  resolve: () => void;
  reject: (error: Error) => void;
}

/** Promises for a count that only grows. Asking whether one is due costs a comparison, since it is asked at each read. */
export class Milestones {
  #next = Infinity;
  #waiters: Waiter[] = [];

  /** Resolves once `reach` was called with `count` or more. */
  wait(count: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiters.push({ count, resolve, reject });
      this.#next = Math.min(this.#next, count);
    });
  }

  reach(count: number): void {
    if (count < this.#next) return;
    const due = this.#waiters.filter((waiter) => waiter.count <= count);
    this.#keep(this.#waiters.filter((waiter) => waiter.count > count));
    for (const { resolve } of due) resolve();
  }

  /** The count will not grow any more: whoever waits would wait for ever. */
  giveUp(reason: (count: number) => string): void {
    const waiters = this.#waiters;
    this.#keep([]);
    for (const { count, reject } of waiters) reject(new Error(reason(count)));
  }

  #keep(waiters: Waiter[]): void {
    this.#waiters = waiters;
    this.#next = Math.min(Infinity, ...waiters.map(({ count }) => count));
  }
}
