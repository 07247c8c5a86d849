/**
 * A time that may be set by a variable of the environment; one that is empty counts as none.
 *
 * @throws Error if it is no time, or shorter than `least`
 */
export function milliseconds(env: NodeJS.ProcessEnv, name: string, otherwise: number, least = 0): number {
  const given = env[name];
  const time = Number(given || otherwise);
  if (time >= least && Number.isFinite(time)) return time;
  throw new Error(`${name} is ${JSON.stringify(given)}: use milliseconds, or leave it out`);
}
