/** Milliseconds that tests have let pass at once. It is read here only, and where connections read their clock. */
export let skipped = 0;

/**
 * The engine's clock where there is none but this process: milliseconds that never jump, in whole numbers. What a test skips
 * is on it as on the clock of the connections, for what is kept is to age as they do.
 */
export function engineNow(): number {
  return Math.floor(performance.now()) + skipped;
}

/** Lets time pass for everything in this process that measures it by a monotonic clock. Whole milliseconds. */
export function skipTime(milliseconds: number): void {
  skipped += milliseconds;
}
