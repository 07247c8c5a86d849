/** A random whole number around `value`, from `value * (1 - below)` to `value * (1 + above)`: so that a crowd does not stay one. */
export function jitter(value: number, below: number, above: number): number {
  return Math.round(value * (1 - below + Math.random() * (below + above)));
}
