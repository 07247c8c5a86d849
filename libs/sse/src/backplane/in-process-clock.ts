/** The engine's clock where there is none but this process: milliseconds that never jump, in whole numbers. */
export function engineNow(): number {
  return Math.floor(performance.now());
}
