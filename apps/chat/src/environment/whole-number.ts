/**
 * A whole number that may be set by a variable of the environment; one that is empty counts as none.
 *
 * @throws Error if it is none, or outside of these bounds
 */
export function wholeNumber(env: NodeJS.ProcessEnv, name: string, least: number, most: number): number | undefined {
  const given = env[name];
  if (!given) return undefined;
  const number = Number(given);
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  throw new Error(`${name} is ${JSON.stringify(given)}: use a whole number from ${least} to ${most}, or leave it out`);
}
