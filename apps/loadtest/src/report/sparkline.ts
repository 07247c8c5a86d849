const LEVELS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

/**
 * The last `width` values as columns from zero to the highest of them. A second without a value stays empty.
 *
 * @example sparkline([0, 5, 10], 10) // '▁▅█'
 */
export function sparkline(values: readonly (number | undefined)[], width: number): string {
  const shown = width > 0 ? values.slice(-width) : [];
  const highest = Math.max(0, ...shown.map((value) => value ?? 0));
  return shown.map((value) => columnOf(value, highest)).join('');
}

/** A bar of `width` columns, filled from the left to an eighth of a column. `share` is from 0 to 1. */
export function progressBar(share: number, width: number): { filled: string; empty: string } {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * width * 8);
  const filled = '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '');
  return { filled, empty: '░'.repeat(Math.max(0, width - filled.length)) };
}

function columnOf(value: number | undefined, highest: number): string {
  if (value === undefined) return ' ';
  if (highest === 0) return LEVELS[0];
  return LEVELS[Math.min(LEVELS.length - 1, Math.floor((value / highest) * LEVELS.length))] ?? LEVELS[0];
}
