/** How a quantity stands to its thresholds, see `SseThresholds`. */
export type PressureLevel = 'normal' | 'elevated' | 'critical';

const RANK: Record<PressureLevel, number> = { normal: 0, elevated: 1, critical: 2 };

export function isHigher(level: PressureLevel, than: PressureLevel): boolean {
  return RANK[level] > RANK[than];
}

/** `normal` of none. */
export function highest(levels: Iterable<PressureLevel>): PressureLevel {
  let level: PressureLevel = 'normal';
  for (const one of levels) if (isHigher(one, level)) level = one;
  return level;
}
