import { wholeNumber } from '../environment/whole-number.js';

/** More than any machine has cores: whoever writes more has mistyped. */
const MOST = 256;

/**
 * How many processes serve the port: `PROCESSES`, or one.
 *
 * @throws Error if it is no such number, or more than one have no Redis to share
 */
export function processCount(env: NodeJS.ProcessEnv): number {
  const count = wholeNumber(env, 'PROCESSES', 1, MOST) ?? 1;
  if (count === 1 || env.REDIS_URL) return count;
  throw new Error(
    `PROCESSES is ${count}, and there is no REDIS_URL: each process would know its own people only. ` +
      'Set REDIS_URL, such as redis://localhost:6379, or leave PROCESSES out',
  );
}
