/** How many values of neighbouring seconds become one: by the highest, by what they are on average, or by the last. */
export type Thinning = 'max' | 'mean' | 'last';

/** How many of `length` values stand for one point, so that there are at most `most` points. */
export function bucketSize(length: number, most: number): number {
  return Math.max(1, Math.ceil(length / most));
}

/** One value for each `size` of them; `null` where none of them has any. Three digits after the point are kept. */
export function thinned(values: readonly (number | undefined)[], size: number, how: Thinning): (number | null)[] {
  const points: (number | null)[] = [];
  for (let at = 0; at < values.length; at += size) {
    const known = values.slice(at, at + size).filter((value) => value !== undefined && Number.isFinite(value));
    points.push(known.length === 0 ? null : Math.round(summed(known as number[], how) * 1_000) / 1_000);
  }
  return points;
}

function summed(values: readonly number[], how: Thinning): number {
  if (how === 'max') return values.reduce((highest, value) => Math.max(highest, value));
  if (how === 'last') return values.at(-1) ?? 0;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
