import { milliseconds } from '../environment/milliseconds.js';

const HOUR = 60 * 60 * 1_000;

/** Milliseconds for which a token is good: `SESSION_LIFE`, or eight hours. Open pages renew it before it is over. */
export function sessionLife(env: NodeJS.ProcessEnv = process.env): number {
  return milliseconds(env, 'SESSION_LIFE', 8 * HOUR, 1);
}
