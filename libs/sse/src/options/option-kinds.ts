import { z } from 'zod';

/** Timers of Node overflow beyond 2^31 - 1 ms and fire at once. */
const LONGEST = 2_147_483_647;

/** A number in a range. The message is the mend that the error names. */
export const inRange = (least: number, most: number, mend: string) =>
  z.number({ error: mend }).int(mend).min(least, mend).max(most, mend);
export const whole = (least: number) =>
  inRange(least, Number.MAX_SAFE_INTEGER, `use a whole number of ${least} or more`);
export const wholeOrNull = (off: string) =>
  inRange(1, Number.MAX_SAFE_INTEGER, `use a whole number of 1 or more, or null for ${off}`).nullable();
export const time = (least: number, most = LONGEST) =>
  inRange(least, most, `use milliseconds from ${least} to ${most}`);
export const timeOrNull = (off: string) =>
  inRange(1, LONGEST, `use milliseconds from 1 to ${LONGEST}, or null for ${off}`).nullable();
export const amount = (least: number) => {
  const mend = `use a number of ${least} or more`;
  return z.number({ error: mend }).min(least, mend);
};
export const oneOf = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, { error: `use one of ${values.map((value) => `'${value}'`).join(', ')}` });
export const aFunction = <T>(signature: string) =>
  z.custom<T>((value) => typeof value === 'function', { error: `use a function ${signature}` });
export const group = <T extends z.ZodRawShape>(shape: T) => z.strictObject(shape, { error: groupError }).partial();
const groupError: z.core.$ZodErrorMap = (issue) =>
  issue.code === 'unrecognized_keys' ? undefined : 'use an object with its options';
export const text = (mend: string) => z.string({ error: mend }).min(1, mend);
