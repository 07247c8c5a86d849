const HOURS = 60 * 60 * 1_000;

/** Milliseconds for which a token is good: `SESSION_LIFE`, or eight hours. Open pages renew it before it is over. */
export function sessionLife({ SESSION_LIFE: given }: NodeJS.ProcessEnv = process.env): number {
  const life = Number(given || 8 * HOURS);
  if (life > 0 && Number.isFinite(life)) return life;
  throw new Error(`SESSION_LIFE is ${JSON.stringify(given)}: use milliseconds, or leave it out`);
}
