/**
 * The clock and the timers as they were when this file was loaded: a client's patience is real, also where the test has had
 * the timers of its runner replaced by fake ones.
 */
export const realNow = performance.now.bind(performance);
export const {
  setTimeout: setRealTimeout,
  clearTimeout: clearRealTimeout,
  setImmediate: setRealImmediate,
} = globalThis;

/** Lets the event loop have its turn. */
export function nextRealTurn(): Promise<void> {
  return new Promise((resolve) => setRealImmediate(resolve));
}
