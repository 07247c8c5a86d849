import { parseArgs } from 'node:util';
import { type LoadOptions } from '../load-engine.js';
import { type CutMode } from '../reading/stream-socket.js';

export const USAGE = `Opens many event streams to one URL, holds them, counts what comes, and cuts them.

  npm run loadtest -- URL [options]

  --connections N    how many streams (1000)
  --interval MS      from the opening of one to that of the next; 0: as fast as the server answers (10)
  --concurrency N    how many are being opened at once where the interval is 0 (64)
  --duration S       how long all of them are held, in seconds (30)
  --cut HOW          destroy, reset or end: closed at once, by a RST, or with a goodbye (destroy)
  --method METHOD    of the request (GET)
  --header 'N: V'    a header of the request; may be given several times
  --body TEXT        the body of the request
  --help

Exit code: 0 when every stream opened and stayed, 1 when one did not, 2 when the command is wrong.`;

export interface Command {
  load: LoadOptions & { connections: number };
  /** Seconds. */
  duration: number;
  cut: CutMode;
}

/** A command line that can't be followed. */
export class CommandLineError extends Error {}

/** @returns `undefined` where only help is wanted */
export function parseCommandLine(args: string[]): Command | undefined {
  const { values, positionals } = parse(args);
  if (values.help) return undefined;
  const [url, ...others] = positionals;
  if (url === undefined || others.length > 0) throw new CommandLineError('Give one URL');
  return {
    load: {
      url,
      connections: wholeNumber('connections', values.connections),
      interval: number('interval', values.interval),
      concurrency: wholeNumber('concurrency', values.concurrency),
      method: values.method,
      headers: Object.fromEntries(values.header.map(parseHeader)),
      body: values.body,
    },
    duration: number('duration', values.duration),
    cut: cutMode(values.cut),
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        connections: { type: 'string', default: '1000' },
        interval: { type: 'string', default: '10' },
        concurrency: { type: 'string', default: '64' },
        duration: { type: 'string', default: '30' },
        cut: { type: 'string', default: 'destroy' },
        method: { type: 'string', default: 'GET' },
        header: { type: 'string', multiple: true, default: [] },
        body: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new CommandLineError((error as Error).message);
  }
}

function number(name: string, text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new CommandLineError(`--${name} ${text}: give a number`);
  return Number(text);
}

function wholeNumber(name: string, text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new CommandLineError(`--${name} ${text}: give a whole number from 1`);
  return Number(text);
}

function parseHeader(text: string): [string, string] {
  const match = /^([\w!#$%&'*+.^`|~-]+):\s*(.*)$/.exec(text);
  if (!match) throw new CommandLineError(`--header ${JSON.stringify(text)}: give 'Name: value'`);
  return [match[1] ?? '', match[2] ?? ''];
}

function cutMode(text: string): CutMode {
  if (text === 'destroy' || text === 'reset' || text === 'end') return text;
  throw new CommandLineError(`--cut ${text}: give destroy, reset or end`);
}
