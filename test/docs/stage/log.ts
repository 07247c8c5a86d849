import { type LoggerService } from '@nestjs/common';

const errors: string[] = [];

/** The log of the examples' applications: an error in it is one of the example. */
export const logger: LoggerService = {
  log: () => undefined,
  warn: () => undefined,
  error: (message: unknown, ...more: unknown[]) => errors.push([message, ...more].map(String).join(' ')),
  fatal: (message: unknown) => errors.push(String(message)),
};

/** What was logged since the last time. */
export function takeErrors(): string[] {
  return errors.splice(0);
}
