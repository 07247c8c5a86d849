import { parseArgs } from 'node:util';
import { type WorkId, workIds } from './works/work.js';

export const USAGE = `npm run bench -- [options]

  --only P1,P3       these works only (${workIds.join(', ')})
  --rounds N         how often each contender has its turn (5)
  --connections N    another number of connections, for a quick look: no verdicts then
  --profile          P1 on the library alone: what is allocated and where the time goes
  --write FILE       writes the tables of a whole run as Markdown, e.g. docs/benchmark.md, and beside it a page with
                     bars, docs/benchmark.html
  --help

Exit code: 0 when every target holds, 1 when one does not or a turn failed, 2 when it could not be run.`;

export interface Command {
  only: readonly WorkId[];
  rounds: number;
  connections?: number;
  profile: boolean;
  write?: string;
}

/** A command line that can't be followed. */
export class CommandLineError extends Error {}

/** @returns `undefined` where only help is wanted */
export function parseCommandLine(args: string[]): Command | undefined {
  const values = parse(args);
  if (values.help) return undefined;
  if (values.write !== undefined && (values.only !== undefined || values.connections !== undefined)) {
    throw new CommandLineError('--write is for whole runs: leave --only and --connections out');
  }
  return {
    only: values.only === undefined ? workIds : values.only.split(',').map(workId),
    rounds: wholeNumber('rounds', values.rounds),
    connections: values.connections === undefined ? undefined : wholeNumber('connections', values.connections),
    profile: values.profile,
    write: values.write,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        only: { type: 'string' },
        rounds: { type: 'string', default: '5' },
        connections: { type: 'string' },
        profile: { type: 'boolean', default: false },
        write: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new CommandLineError((error as Error).message);
  }
}

function workId(text: string): WorkId {
  const id = workIds.find((known) => known === text.trim().toUpperCase());
  if (id === undefined) throw new CommandLineError(`--only ${text}: give some of ${workIds.join(',')}`);
  return id;
}

function wholeNumber(name: string, text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new CommandLineError(`--${name} ${text}: give a whole number from 1`);
  return Number(text);
}
