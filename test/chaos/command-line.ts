import { parseArgs } from 'node:util';
import { sabotages } from './sabotage.js';

export const USAGE = `npm run chaos -- [options]

  --seeds N          how many seeds (5)
  --seed S           the first of them (1)
  --redis            only nodes on a Redis
  --in-process       only single nodes without one
  --sabotage NAME    a library that was broken on purpose, on the schedule that is made for it: ${sabotages.map(({ name }) => name).join(', ')}
  --whole            the same schedule on the library as it is
  --library DIR      another build of the library: its package folder
  --evidence DIR     writes what was published and seen in seeds that fail, as JSON
  --verbose          what happens when, and what the nodes print
  --help

Exit code: 0 when every seed is without fault, 1 when one is not, 2 when it could not be run.`;

export interface Command {
  readonly seeds: number;
  readonly first: number;
  readonly only?: 'redis' | 'in-process';
  readonly sabotage?: string;
  readonly whole: boolean;
  readonly library?: string;
  readonly evidence?: string;
  readonly verbose: boolean;
}

/** A command line that can't be followed. */
export class CommandLineError extends Error {}

/** @returns `undefined` where only help is wanted */
export function parseCommandLine(args: string[]): Command | undefined {
  const values = parse(args);
  if (values.help) return undefined;
  if (values.redis && values['in-process']) throw new CommandLineError('Give --redis or --in-process, or neither');
  const { sabotage, whole, library, evidence, verbose } = values;
  if (sabotage !== undefined && !sabotages.some(({ name }) => name === sabotage))
    throw new CommandLineError(`--sabotage ${sabotage}: give one of ${sabotages.map(({ name }) => name).join(', ')}`);
  return {
    seeds: wholeNumber('seeds', values.seeds),
    first: wholeNumber('seed', values.seed),
    only: values.redis ? 'redis' : values['in-process'] ? 'in-process' : undefined,
    sabotage,
    whole,
    library,
    evidence,
    verbose,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        seeds: { type: 'string', default: '5' },
        seed: { type: 'string', default: '1' },
        redis: { type: 'boolean', default: false },
        'in-process': { type: 'boolean', default: false },
        sabotage: { type: 'string' },
        whole: { type: 'boolean', default: false },
        library: { type: 'string' },
        evidence: { type: 'string' },
        verbose: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new CommandLineError((error as Error).message);
  }
}

function wholeNumber(name: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new CommandLineError(`--${name} ${text}: give a whole number from 1`);
  return Number(text);
}
